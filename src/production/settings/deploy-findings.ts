import type { Finding } from '../../checks/finding.ts';
import { securityFindings } from '../../checks/security-checks.ts';
import type { Settings } from '../../conf/settings-types.ts';
import { isLocal, parseBind } from '../binding/bind-address.ts';
import type { SiteSettings } from './types.ts';

type CheckedSettings = Readonly<
  Pick<
    Settings,
    'DEBUG' | 'SECRET_KEY' | 'ALLOWED_HOSTS' | 'USE_X_FORWARDED_HOST' | 'SECURE_PROXY_SSL_HEADER'
  >
>;

/** The findings of Django's `check --deploy` about the settings of a site, and findings about the settings of its server. */
export function deployFindings(
  settings: CheckedSettings,
  { bind, forwardedAllowIps, protocol }: Pick<SiteSettings, 'bind' | 'forwardedAllowIps' | 'protocol'>,
): readonly Finding[] {
  const { USE_X_FORWARDED_HOST, SECURE_PROXY_SSL_HEADER } = settings;
  const findings = securityFindings(settings);
  const isPublic = !bind.every((address) => isLocal(parseBind(address)));
  const believed = [
    ...(SECURE_PROXY_SSL_HEADER === null ? [] : ['SECURE_PROXY_SSL_HEADER']),
    ...(USE_X_FORWARDED_HOST ? ['USE_X_FORWARDED_HOST'] : []),
  ];
  if (isPublic && believed.length > 0) {
    findings.push({
      id: 'runwsgi.W002',
      message: `${believed.join(' and ')} ${believed.length > 1 ? 'trust' : 'trusts'} headers of every client that can connect, and the server listens at ${bind.join(', ')}.`,
      hint: 'Remove them, and list the proxies in forwardedAllowIps: the server then trusts only the headers of these proxies.',
    });
  }
  if (isPublic && protocol !== 'http') {
    findings.push({
      id: 'runwsgi.W004',
      message: `The server listens at ${bind.join(', ')}, and every program that can connect by ${protocol} can set the client's address and user.`,
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
