import type { DevReport } from '../../dev/parent/dev-report.ts';
import type { ServedUrls } from './served-urls.ts';

export interface GreetOptions {
  readonly hasKeys: boolean;
  /** Whether saved files are loaded. @default true */
  readonly reloads?: boolean;
}

/** Prints the actions of runserver: as lines for people, or as objects for programs. */
export interface DevOutput extends DevReport {
  /** Called when the server listens. */
  greet(urls: ServedUrls, options: GreetOptions): void;
  /** Prints the report of the site itself about an error. */
  onError(text: string): void;
}
