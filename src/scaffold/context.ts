import { randomInt } from 'node:crypto';

/** Says in a settings file that the key was made by a tool and is for development. */
const INSECURE_PREFIX = 'startproject-insecure-';
const SECRET_KEY_LENGTH = 50;
// No quote and no backslash: a key stands in a string literal.
const SECRET_KEY_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)';

/** The variables of a template, by name. */
export type Context = Readonly<Record<string, string>>;

interface ContextSource {
  readonly name: string;
  /** The absolute path of the site's root. */
  readonly directory: string;
  readonly version: string;
  /** What the site's package.json says after `"startproject":`. */
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

/** `my_site` is `MySite`. */
function camelCase(name: string): string {
  const title = name
    .toLowerCase()
    .replace(/\p{L}+/gu, ([first = '', ...rest]) => first.toUpperCase() + rest.join(''));
  return title.replaceAll('_', '');
}

/** npm takes fewer names than JavaScript does: lower case, ASCII, and no underscore first. */
function packageName(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '');
  return ascii.replace(/^_+/, '') || 'site';
}
