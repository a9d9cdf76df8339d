import { formatBind, parseBind } from '../binding/bind-address.ts';
import type { ResolvedSite } from './resolved-settings.ts';
import { settingError } from './sources/wrong-setting.ts';

/** Checks the combinations of settings. @throws {UserError} */
export function checkTogether(sites: readonly ResolvedSite[]): void {
  for (const site of sites) {
    checkProtocol(site);
    checkCertificates(site);
  }
  checkAuthorities(sites);
  checkAddresses(sites);
}

/** Settings that do not apply behind a web server by FastCGI, SCGI or uwsgi, which has such settings itself. */
const OF_HTTP = ['certfile', 'sni', 'certReqs', 'proxyProtocol'] as const;

function checkProtocol({ settings, origins }: ResolvedSite): void {
  const { protocol } = settings;
  if (protocol === 'http') return;
  // A setting that a site inherits from the top level may be meant for the other sites.
  const isOfSite = origins.protocol.name.startsWith('sites.');
  const given = OF_HTTP.map((name) => ({ name, origin: origins[name] })).find(
    ({ origin }) => origin.source !== 'default' && (!isOfSite || origin.name.startsWith('sites.')),
  );
  if (given === undefined) return;
  throw settingError(given.origin, `has no effect with the protocol ${protocol}, which is not HTTP.`, {
    hint: 'The web server in front speaks to the clients: set it there.',
  });
}

const NAME_CERTFILE = { hint: 'Name its file as well, by --certfile or certfile.' };

function checkCertificates({ settings, origins }: ResolvedSite): void {
  const { certfile, keyfile, caCerts, certReqs } = settings;
  if (keyfile !== undefined && certfile === undefined) {
    throw settingError(
      origins.keyfile,
      'a key needs its certificate, and certfile is not set.',
      NAME_CERTFILE,
    );
  }
  if (certReqs === 'none') return;
  if (!hasCertificate(settings)) {
    throw settingError(
      origins.certReqs,
      'client certificates need HTTPS, and certfile is not set.',
      NAME_CERTFILE,
    );
  }
  if (caCerts === undefined) {
    throw settingError(
      origins.certReqs,
      'client certificates need the authorities that sign them, and caCerts is not set.',
      { hint: 'Name their file as well, by --ca-certs or caCerts.' },
    );
  }
}

/** Not every site that inherits them must have a certificate. */
function checkAuthorities(sites: readonly ResolvedSite[]): void {
  const [given] = sites.filter(({ settings }) => settings.caCerts !== undefined);
  if (given === undefined || sites.some(({ settings }) => hasCertificate(settings))) return;
  throw settingError(
    given.origins.caCerts,
    'authorities of client certificates need HTTPS, and certfile is not set.',
    NAME_CERTFILE,
  );
}

function hasCertificate({ certfile, sni }: ResolvedSite['settings']): boolean {
  return certfile !== undefined || Object.keys(sni).length > 0;
}

function checkAddresses(sites: readonly ResolvedSite[]): void {
  const takenBy = new Map<string, string>();
  for (const { name, settings, origins } of sites) {
    for (const text of settings.bind) {
      const address = parseBind(text);
      if (address.kind === 'tcp' && address.port === 0) continue;
      const shown = formatBind(
        address.kind === 'tcp' ? { ...address, host: address.host.toLowerCase() } : address,
      );
      const other = takenBy.get(shown);
      if (other === name)
        throw settingError(origins.bind, `the address ${shown} is given twice.`, {
          hint: 'Leave one of them out.',
        });
      if (other !== undefined) {
        throw settingError(origins.bind, `the sites ${other} and ${name} have one address, ${shown}.`, {
          hint: `Give each site its own address: sites: { ${name}: { bind: ['unix:/run/${name}.sock'] } }`,
        });
      }
      takenBy.set(shown, name);
    }
  }
}
