const HIDDEN_NAME =
  /API|AUTH(?!OR(?!I))|TOKEN|KEY|SECRET|PASS|PWD|SIGNATURE|JWT|CREDENTIAL|DSN|CONN\w*STR|HTTP_COOKIE|^(?:SET-)?COOKIE$|^SESSION_?ID$|^(?:SIG|CODE|OTP|PIN)$/i;

export const SUBSTITUTE = '*'.repeat(20);

/** The lengths are limited, so that the time stays short for every text from a client. */
const SECRETS: readonly RegExp[] = [
  /(?<=:\/\/[^\s:@/]{0,256}:)(?!\d{1,5}[/?#])[^\s'"]{1,512}(?=@)/g, // the password of a URL
  /(?<=:\/\/)[^\s:@/?#]{20,256}(?=@)/g, // a key in place of its user
  /\b[spr]k_(?:live|test)_\w{8,256}|\bwhsec_[\w+/=]{8,256}/g, // Stripe
  /\bgh[pousr]_\w{16,256}|\bgithub_pat_\w{16,256}|\bglpat-[\w-]{16,256}|\bnpm_\w{30,64}/g,
  /\bxox[a-z]-[\w-]{8,256}|\bA(?:KIA|SIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,64}|\bsk-[\w-]{20,256}/g,
  /\beyJ[\w-]{8,512}\.[\w-]{8,4096}(?:\.[\w-]{0,4096}){1,3}/g, // a JWT
  /(?<=\b(?:Bearer|Basic) )(?=[\w.~+/-]{0,64}[\d=])[\w.~+/-]{8,4096}={0,2}/gi, // an Authorization header
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{1,8192}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
];

/** A parameter of a query or of a connection string. It may be encoded, since a URL can be a parameter itself. */
const PARAMETER =
  /(^|[?&;#\s]|%(?:3F|26|23))((?:[\w.[\]-]|%(?!3[DF]|2[36])[\dA-F]{2}){1,128})(=|%3D)((?:(?!%(?:3F|26|23))[^\s&;#'"<>])+)/gi;

/** A quoted parameter: `password='a b'`, and members of JSON. */
const QUOTED = /(?<![\w.])(["']?)([\w.-]{1,128})\1(\s{0,8}[=:]\s{0,8})("[^"\n]{1,512}"|'[^'\n]{1,512}')/g;

/** Whether a setting, header, cookie or parameter of this name is a secret. */
export function isSecretName(name: string): boolean {
  return HIDDEN_NAME.test(name);
}

/** A text in which secrets are replaced: keys of known services, JWTs, passwords and parameters of URLs. */
export function hideSecrets(text: string): string {
  const rest = SECRETS.reduce((hidden, secret) => hidden.replace(secret, SUBSTITUTE), text);
  return rest
    .replace(PARAMETER, (whole, before: string, name: string, equals: string) =>
      isSecretName(decode(name)) ? before + name + equals + SUBSTITUTE : whole,
    )
    .replace(QUOTED, (whole, quote: string, name: string, equals: string, value: string) =>
      isSecretName(name) ? quote + name + quote + equals + value[0] + SUBSTITUTE + value[0] : whole,
    );
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // The name is not UTF-8, so the site cannot know it.
  }
}
