import type { DevReport } from '../../dev/parent/dev-report.ts';
import type { ServedUrls } from './served-urls.ts';

/** Prints what runserver does: as lines for people, or as objects for programs. */
export interface DevOutput extends DevReport {
  /** The server listens. */
  greet(urls: ServedUrls, options: { readonly hasKeys: boolean }): void;
  /** What the site itself has to say of an error. */
  onError(text: string): void;
}
