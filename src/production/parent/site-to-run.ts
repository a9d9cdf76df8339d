import type { Scheme } from '../binding/bind-address.ts';
import type { WorkerOrders } from '../messages.ts';
import type { SiteSettings } from '../settings/types.ts';

/** The settings of a site after all machine-dependent defaults are determined. */
export type RunSettings = SiteSettings & { readonly workers: number };

/** A site as the arbiter runs it. */
export interface SiteToRun {
  /** `default` for the only site of a server without `sites`. */
  readonly name: string;
  readonly settings: RunSettings;
  /** The orders for each worker of the site. */
  readonly orders: WorkerOrders;
}

/** The protocol of a site. With a certificate, it is HTTPS only. */
export function schemeOf({
  protocol,
  certfile,
  sni,
}: Pick<SiteSettings, 'protocol' | 'certfile' | 'sni'>): Scheme {
  if (protocol !== 'http') return protocol;
  return certfile === undefined && Object.keys(sni).length === 0 ? 'http' : 'https';
}
