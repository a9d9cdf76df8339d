import type { SettingsSource } from '../../conf/settings-source.ts';
import type { RequestLimitOptions } from '../../servers/request-limits.ts';
import type { TlsOptions } from '../../servers/tls/tls-options.ts';
import type { ErrorStyle } from '../errors/terminal-error.ts';

/** The options by which a process loads and serves a site. */
export interface SiteOptions {
  /**
   * The project root, an absolute path. Dotted paths are relative to it, and it is the working directory of the
   * process.
   */
  readonly root: string;
  /** The dotted path of the settings module. It is set in the environment before user code runs. */
  readonly settings: string;
  /** The source of that name, for error messages. */
  readonly settingsSource?: SettingsSource | undefined;
  readonly skipChecks: boolean;
  /** The dotted path of the application. @default the value of the WSGI_APPLICATION setting */
  readonly application?: string | undefined;
  /** SERVER_NAME. @default the address that the client connected to */
  readonly serverName?: string;
  readonly serverPort: number;
  /** The limits of the size of a request. */
  readonly limits: RequestLimitOptions;
  /** Certificates and keys. @default HTTP without TLS */
  readonly tls?: TlsOptions | undefined;
  /** The address of the inspector, `host:port`. It is opened before the site is loaded. */
  readonly inspect?: string;
  /** The URL to which error pages post, to open a place in an editor. @default pages have no buttons for that */
  readonly editorAction?: string | undefined;
  /** The style of logged errors. @default whole stacks */
  readonly errorStyle?: ErrorStyle;
  /**
   * Whether the text that a request writes to `wsgi.errors` is a part of its log entry. @default the text is written at
   * once
   */
  readonly keepsErrors?: boolean;
}
