import { formatBind, parseBind } from '../binding/bind-address.ts';
import type { ResolvedSite } from './resolved-settings.ts';
import { settingError } from './sources/wrong-setting.ts';

/** Checks what no setting shows alone. @throws {UserError} */
export function checkTogether(sites: readonly ResolvedSite[]): void {
  for (const site of sites) checkCertificates(site);
  checkAddresses(sites);
}

function checkCertificates({ settings, origins }: ResolvedSite): void {
  const { certfile, keyfile, caCerts, certReqs, sni } = settings;
  const hasCertificate = certfile !== undefined || Object.keys(sni).length > 0;
  if (keyfile !== undefined && certfile === undefined) {
    throw settingError(origins.keyfile, 'a key needs its certificate, and certfile is not set.');
  }
  if (certReqs === 'none') return;
  if (!hasCertificate) {
    throw settingError(origins.certReqs, 'client certificates need HTTPS, and certfile is not set.');
  }
  if (caCerts === undefined) {
    throw settingError(
      origins.certReqs,
      'client certificates need the authorities that sign them, and caCerts is not set.',
    );
  }
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
      if (other === name) throw settingError(origins.bind, `the address ${shown} is there twice.`);
      if (other !== undefined) {
        throw settingError(origins.bind, `the sites ${other} and ${name} have one address, ${shown}.`, {
          hint: `Give each site an address of its own: sites: { ${name}: { bind: ['unix:/run/${name}.sock'] } }`,
        });
      }
      takenBy.set(shown, name);
    }
  }
}
