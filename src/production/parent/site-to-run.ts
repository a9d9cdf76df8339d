import type { WorkerOrders } from '../messages.ts';
import type { SiteSettings } from '../settings/types.ts';

/** Settings of a site in which everything is decided that depends on the machine. */
export type RunSettings = SiteSettings & { readonly workers: number };

/** A site as the arbiter runs it. */
export interface SiteToRun {
  /** `default` for the only site of a server without `sites`. */
  readonly name: string;
  readonly settings: RunSettings;
  /** What each of its workers is to do. */
  readonly orders: WorkerOrders;
}

/** Where a site has a certificate, it speaks HTTPS and nothing else. */
export function schemeOf({ certfile, sni }: Pick<SiteSettings, 'certfile' | 'sni'>): 'http' | 'https' {
  return certfile === undefined && Object.keys(sni).length === 0 ? 'http' : 'https';
}
