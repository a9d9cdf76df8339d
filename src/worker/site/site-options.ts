import type { SettingsSource } from '../../conf/settings-source.ts';
import type { RequestLimitOptions } from '../../servers/request-limits.ts';
import type { TlsOptions } from '../../servers/tls/tls-options.ts';
import type { ErrorStyle } from '../errors/terminal-error.ts';

/** What a process needs to know to load and serve a site. */
export interface SiteOptions {
  /** The project root, absolute: dotted paths begin there, and it is the process's working directory. */
  readonly root: string;
  /** Dotted path of the settings module; it is put into the environment before user code runs. */
  readonly settings: string;
  /** What has named that module, for errors. */
  readonly settingsSource?: SettingsSource | undefined;
  readonly skipChecks: boolean;
  /** Dotted path of the application. @default what the WSGI_APPLICATION setting names */
  readonly application?: string | undefined;
  /** SERVER_NAME; without it, the address that the client connected to. */
  readonly serverName?: string;
  readonly serverPort: number;
  /** How large a request may be. */
  readonly limits: RequestLimitOptions;
  /** Certificates and keys. @default HTTP without TLS */
  readonly tls?: TlsOptions | undefined;
  /** Where to open the inspector before the site is loaded: `host:port`. */
  readonly inspect?: string;
  /** Where error pages post to, to have a place opened in an editor. @default they have no buttons for that */
  readonly editorAction?: string | undefined;
  /** How errors are logged. @default their stacks */
  readonly errorStyle?: ErrorStyle;
  /** Whether what a request writes on `wsgi.errors` is a part of its log entry. @default it is written at once */
  readonly keepsErrors?: boolean;
}
