import type { Header } from '../../wsgi/types.ts';

/** Whether a page's Content-Security-Policy allows the live reload script, which connects to the page's own server. */
type ScriptPermission =
  | { readonly isAllowed: true; readonly nonce: string | undefined }
  | { readonly isAllowed: false; readonly directive: string; readonly cure: string };

type Directives = ReadonlyMap<string, readonly string[]>;

const NONCE = /^'nonce-(.+)'$/i;

/**
 * Reads all policies of a page. All of them must allow the script.
 *
 * @see https://www.w3.org/TR/CSP3/#match-element-to-source-list
 */
export function scriptPermission(headers: readonly Header[], host: string | undefined): ScriptPermission {
  let nonce: string | undefined;
  for (const directives of policies(headers)) {
    const sandbox = directives.get('sandbox');
    if (sandbox && !['allow-scripts', 'allow-same-origin'].every((token) => sandbox.includes(token))) {
      return forbid('sandbox', sandbox, 'Add allow-scripts and allow-same-origin to it.');
    }
    const [scriptName, scripts] = effective(directives, ['script-src-elem', 'script-src', 'default-src']);
    if (scripts && !isInlineAllowed(scripts)) {
      nonce ??= nonceIn(scripts);
      if (nonce === undefined || !scripts.includes(`'nonce-${nonce}'`)) {
        return forbid(scriptName, scripts, `Give it a nonce ('nonce-…', another for each response).`);
      }
    }
    const [connectName, connects] = effective(directives, ['connect-src', 'default-src']);
    if (connects && !isOwnServerAllowed(connects, host)) {
      return forbid(connectName, connects, "Add connect-src 'self' to the policy.");
    }
  }
  return { isAllowed: true, nonce };
}

function* policies(headers: readonly Header[]): Generator<Directives> {
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== 'content-security-policy') continue;
    for (const policy of value.split(',')) yield parsePolicy(policy);
  }
}

function parsePolicy(policy: string): Directives {
  const directives = new Map<string, readonly string[]>();
  for (const directive of policy.split(';')) {
    const [name, ...sources] = directive.trim().split(/\s+/);
    const key = name!.toLowerCase();
    if (!directives.has(key)) directives.set(key, sources);
  }
  return directives;
}

/** The first of these directives that exists in a policy. */
function effective(directives: Directives, names: readonly string[]) {
  const name = names.find((each) => directives.has(each)) ?? '';
  return [name, directives.get(name)] as const;
}

function nonceIn(sources: readonly string[]): string | undefined {
  return sources.map((source) => NONCE.exec(source)?.[1]).find(Boolean);
}

/** Whether inline scripts are allowed. `'unsafe-inline'` is ignored beside a nonce, a hash or `'strict-dynamic'`. */
function isInlineAllowed(sources: readonly string[]): boolean {
  const lower = sources.map((source) => source.toLowerCase());
  return (
    lower.includes("'unsafe-inline'") &&
    !lower.some((source) => /^'(?:nonce-|sha\d+-|strict-dynamic')/.test(source))
  );
}

function isOwnServerAllowed(sources: readonly string[], host: string | undefined): boolean {
  const own = ["'self'", '*', 'http:', 'https:', host, `http://${host}`, `https://${host}`];
  return own.some((source) => source !== undefined && sources.includes(source));
}

function forbid(name: string, sources: readonly string[], cure: string): ScriptPermission {
  const shown = sources.map((source) => (NONCE.test(source) ? "'nonce-…'" : source));
  return { isAllowed: false, directive: [name, ...shown].join(' '), cure };
}
