import type { Settings } from '../conf/settings-types.ts';
import type { Finding } from './finding.ts';

/** The prefix that the scaffold writes before the keys that it generates. */
const SCAFFOLD_KEY = 'startproject-insecure-';
const LEAST_KEY_LENGTH = 50;
const LEAST_UNIQUE_CHARACTERS = 5;

type SecuritySettings = Readonly<Pick<Settings, 'DEBUG' | 'SECRET_KEY' | 'ALLOWED_HOSTS'>>;

/**
 * Findings about settings that have unsafe values for production.
 *
 * @param placeOf Returns the place where a setting is set. @default findings have no place
 * @see https://docs.djangoproject.com/en/stable/ref/checks/#security
 */
export function securityFindings(
  { DEBUG, SECRET_KEY, ALLOWED_HOSTS }: SecuritySettings,
  placeOf: (setting: keyof SecuritySettings) => string | undefined = () => undefined,
): Finding[] {
  const findings: Finding[] = [];
  const weakness = weaknessOf(SECRET_KEY);
  if (weakness !== undefined) {
    findings.push({
      id: 'security.W009',
      message: `SECRET_KEY ${weakness}.`,
      hint: 'Make a key with: openssl rand -base64 48. Give it to the server as the environment variable SECRET_KEY, and let the settings read it: export const SECRET_KEY = process.env.SECRET_KEY;',
      place: placeOf('SECRET_KEY'),
    });
  }
  if (DEBUG) {
    findings.push({
      id: 'security.W018',
      message: 'DEBUG is true.',
      hint: 'Set it to false: error pages show source code and settings.',
      place: placeOf('DEBUG'),
    });
  }
  if (ALLOWED_HOSTS.length === 0) {
    findings.push({
      id: 'security.W020',
      message: 'ALLOWED_HOSTS is empty.',
      hint: "Name the hosts that the site answers to: export const ALLOWED_HOSTS = ['www.example.com'];",
      place: placeOf('ALLOWED_HOSTS'),
    });
  }
  if (ALLOWED_HOSTS.includes('*')) {
    findings.push({
      id: 'runwsgi.W001',
      message: "ALLOWED_HOSTS has '*': the site accepts every host name that a client sends.",
      hint: "Name the hosts: export const ALLOWED_HOSTS = ['www.example.com'];",
      place: placeOf('ALLOWED_HOSTS'),
    });
  }
  return findings;
}

function weaknessOf(key: string): string | undefined {
  if (key === '') return 'is empty';
  if (key.startsWith(SCAFFOLD_KEY)) return 'is the development key that startproject generated';
  if (key.length < LEAST_KEY_LENGTH)
    return `has fewer than ${LEAST_KEY_LENGTH} characters, so it can be guessed`;
  if (new Set(key).size < LEAST_UNIQUE_CHARACTERS) {
    return `has fewer than ${LEAST_UNIQUE_CHARACTERS} different characters, so it can be guessed`;
  }
  return undefined;
}
