import type { Settings } from '../../conf/settings-types.ts';
import { isLocal, parseBind } from '../binding/bind-address.ts';
import type { SiteSettings } from './types.ts';

/** What should be otherwise in production. */
export interface DeployFinding {
  /** Django's own where it has one: `security.W018`. */
  readonly id: string;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

/** What the scaffold writes before the keys that it makes. */
const SCAFFOLD_KEY = 'startproject-insecure-';
const LEAST_KEY_LENGTH = 50;
const LEAST_UNIQUE_CHARACTERS = 5;

type CheckedSettings = Readonly<
  Pick<
    Settings,
    'DEBUG' | 'SECRET_KEY' | 'ALLOWED_HOSTS' | 'USE_X_FORWARDED_HOST' | 'SECURE_PROXY_SSL_HEADER'
  >
>;

/** What Django's `check --deploy` says of the settings of a site, and what the way it is served makes of them. */
export function deployFindings(
  settings: CheckedSettings,
  { bind, forwardedAllowIps, protocol }: Pick<SiteSettings, 'bind' | 'forwardedAllowIps' | 'protocol'>,
): readonly DeployFinding[] {
  const { DEBUG, ALLOWED_HOSTS, USE_X_FORWARDED_HOST, SECURE_PROXY_SSL_HEADER } = settings;
  const findings: DeployFinding[] = [];
  if (isWeak(settings.SECRET_KEY)) {
    findings.push({
      id: 'security.W009',
      message: `SECRET_KEY has fewer than ${LEAST_KEY_LENGTH} characters, fewer than ${LEAST_UNIQUE_CHARACTERS} different ones, or begins with '${SCAFFOLD_KEY}': a key that was made for development.`,
      hint: 'Make a long random key, and keep it out of the sources: export const SECRET_KEY = process.env.SECRET_KEY;',
    });
  }
  if (DEBUG) {
    findings.push({
      id: 'security.W018',
      message: 'DEBUG is true.',
      hint: 'Set it to false: pages of errors show source code and settings.',
    });
  }
  if (ALLOWED_HOSTS.length === 0) {
    findings.push({
      id: 'security.W020',
      message: 'ALLOWED_HOSTS is empty.',
      hint: "Name the hosts that the site answers to: export const ALLOWED_HOSTS = ['www.example.com'];",
    });
  }
  if (ALLOWED_HOSTS.includes('*')) {
    findings.push({
      id: 'runwsgi.W001',
      message: "ALLOWED_HOSTS has '*': the site answers to every host name that a client makes up.",
      hint: "Name the hosts: export const ALLOWED_HOSTS = ['www.example.com'];",
    });
  }
  const isPublic = !bind.every((address) => isLocal(parseBind(address)));
  const believed = [
    ...(SECURE_PROXY_SSL_HEADER === null ? [] : ['SECURE_PROXY_SSL_HEADER']),
    ...(USE_X_FORWARDED_HOST ? ['USE_X_FORWARDED_HOST'] : []),
  ];
  if (isPublic && believed.length > 0) {
    findings.push({
      id: 'runwsgi.W002',
      message: `${believed.join(' and ')} ${believed.length > 1 ? 'believe' : 'believes'} headers of every client that can connect, and the server listens at ${bind.join(', ')}.`,
      hint: 'Leave them out, and name the proxies in forwardedAllowIps: the server then takes scheme and host from those alone.',
    });
  }
  if (isPublic && protocol !== 'http') {
    findings.push({
      id: 'runwsgi.W004',
      message: `The server listens at ${bind.join(', ')}, and what connects by ${protocol} says itself which address and which user the client has.`,
      hint: 'Listen at 127.0.0.1 or at a unix socket, or where only the web server can connect.',
    });
  }
  if (isPublic && protocol === 'http' && forwardedAllowIps.includes('*')) {
    findings.push({
      id: 'runwsgi.W003',
      message: "forwardedAllowIps has '*': each client can say which address, scheme and host it has.",
      hint: 'Name the addresses of the proxies, or listen where only they can connect.',
    });
  }
  return findings;
}

function isWeak(key: string): boolean {
  return (
    key.length < LEAST_KEY_LENGTH ||
    new Set(key).size < LEAST_UNIQUE_CHARACTERS ||
    key.startsWith(SCAFFOLD_KEY)
  );
}
