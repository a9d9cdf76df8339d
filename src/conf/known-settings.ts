import type { Settings } from './settings-types.ts';

interface SettingRule {
  readonly default: unknown;
  /** The allowed values. Messages show them after "must be". */
  readonly expected: string;
  /** A correct value, as source code. */
  readonly example: string;
  accepts(value: unknown): boolean;
}

/** The settings that this package reads. */
export const KNOWN_SETTINGS: Readonly<Record<keyof Settings, SettingRule>> = {
  DEBUG: flag(false, 'true'),
  SECRET_KEY: {
    default: '',
    expected: 'a string',
    example: "process.env.SECRET_KEY ?? ''",
    accepts: isString,
  },
  ALLOWED_HOSTS: {
    default: Object.freeze([]),
    expected: 'a list of strings',
    example: "['www.example.com']",
    accepts: (value) => Array.isArray(value) && value.every(isString),
  },
  MIDDLEWARE: {
    default: Object.freeze([]),
    expected: 'a list of dotted paths or functions',
    example: "['mysite.middleware.timing']",
    accepts: (value) =>
      Array.isArray(value) && value.every((item) => isString(item) || typeof item === 'function'),
  },
  ROOT_URLCONF: {
    default: null,
    expected: 'a dotted path or an imported module',
    example: "'mysite.urls'",
    accepts: (value) =>
      isName(value) || value === null || (typeof value === 'object' && !Array.isArray(value)),
  },
  WSGI_APPLICATION: {
    default: null,
    expected: 'a dotted path or null',
    example: "'mysite.wsgi.application'",
    accepts: (value) => isName(value) || value === null,
  },
  DATA_UPLOAD_MAX_MEMORY_SIZE: {
    default: 2_621_440,
    expected: 'a number of bytes or null',
    example: '10 * 1024 * 1024',
    accepts: (value) => value === null || (Number.isSafeInteger(value) && (value as number) >= 0),
  },
  APPEND_SLASH: flag(true, 'true'),
  USE_X_FORWARDED_HOST: flag(false, 'true'),
  SECURE_PROXY_SSL_HEADER: {
    default: null,
    expected: 'a pair of strings, the variable and its value, or null',
    example: "['HTTP_X_FORWARDED_PROTO', 'https']",
    accepts: (value) =>
      value === null || (Array.isArray(value) && value.length === 2 && value.every(isString)),
  },
  FORCE_SCRIPT_NAME: {
    default: null,
    expected: "a path with a slash at its start and none at its end, '' or null",
    example: "'/mysite'",
    accepts: (value) => value === null || (isString(value) && /^(?:\/.*[^/])?$/.test(value)),
  },
  STATIC_URL: {
    default: 'static/',
    expected: 'a path or a URL with a slash at its end',
    example: "'static/'",
    accepts: (value) => isString(value) && /^(?:[a-z][a-z\d+.-]*:\/\/)?\/?[^/].*\/$/i.test(value),
  },
  STATICFILES_DIRS: {
    default: Object.freeze([]),
    expected: 'a list of folders',
    example: "[import.meta.dirname + '/../static']",
    accepts: (value) => Array.isArray(value) && value.every(isName),
  },
};

function flag(byDefault: boolean, example: string): SettingRule {
  return {
    default: byDefault,
    expected: 'true or false',
    example,
    accepts: (value) => typeof value === 'boolean',
  };
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isName(value: unknown): boolean {
  return isString(value) && value !== '';
}
