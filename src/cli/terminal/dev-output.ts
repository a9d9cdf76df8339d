import type { DevReport } from '../../dev/parent/dev-report.ts';
import type { ServedUrls } from './served-urls.ts';

/** Prints the actions of runserver: as lines for people, or as objects for programs. */
export interface DevOutput extends DevReport {
  /** Called when the server listens. */
  greet(urls: ServedUrls, options: { readonly hasKeys: boolean }): void;
  /** Prints the report of the site itself about an error. */
  onError(text: string): void;
}
