import { randomInt } from 'node:crypto';

/** Marks a key in a settings file as generated, and as suitable for development only. */
const INSECURE_PREFIX = 'startproject-insecure-';
const SECRET_KEY_LENGTH = 50;
// Contains no quote and no backslash, since a key is written in a string literal.
const SECRET_KEY_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)';

/** The variables of a template, by name. */
export type Context = Readonly<Record<string, string>>;

interface ContextSource {
  readonly name: string;
  /** The absolute path of the site's root. */
  readonly directory: string;
  readonly version: string;
  /** The value for `"startproject":` in the site's package.json. */
  readonly dependency: string;
  readonly packageManager: string;
}

/** The values of `{{ variable }}` in a template. */
export function createContext({
  name,
  directory,
  version,
  dependency,
  packageManager,
}: ContextSource): Context {
  return {
    project_name: name,
    project_directory: directory,
    camel_case_project_name: camelCase(name),
    package_name: packageName(name),
    secret_key: createSecretKey(),
    startproject_version: version,
    startproject_dependency: JSON.stringify(dependency).slice(1, -1),
    docs_version: version.split('.', 2).join('.'),
    package_manager: packageManager,
  };
}

export function createSecretKey(): string {
  const characters = Array.from(
    { length: SECRET_KEY_LENGTH },
    () => SECRET_KEY_ALPHABET[randomInt(SECRET_KEY_ALPHABET.length)],
  );
  return INSECURE_PREFIX + characters.join('');
}

/** Converts `my_site` to `MySite`. */
function camelCase(name: string): string {
  const title = name
    .toLowerCase()
    .replace(/\p{L}+/gu, ([first = '', ...rest]) => first.toUpperCase() + rest.join(''));
  return title.replaceAll('_', '');
}

/** npm allows fewer names than JavaScript: lower case, ASCII, and no underscore at the start. */
function packageName(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '');
  return ascii.replace(/^_+/, '') || 'site';
}
