/**
 * Made of the table of settings by `npx vitest run -u --config test/vitest.config.ts test/production/settings`, which also
 * checks that it is up to date.
 */

/** Settings of the application and its addresses. */
export interface ServingConfig {
  /**
   * The application: `mysite.wsgi`, `mysite.wsgi:application` or `mysite.wsgi.application`. On the command line it
   * is the argument without a flag.
   *
   * @default the `WSGI_APPLICATION` setting of the site
   */
  readonly app?: string | undefined;
  /**
   * Dotted path of the settings module.
   *
   * @default `DJANGO_SETTINGS_MODULE`, else what package.json names
   */
  readonly settings?: string | undefined;
  /**
   * The working directory of the workers.
   *
   * @default the folder of the project
   */
  readonly chdir?: string | undefined;
  /**
   * Where to listen: `HOST:PORT`, `[::1]:PORT`, `unix:PATH`, `fd://N` or `systemd:NAME`. The variable `PORT` means
   * `0.0.0.0:PORT`.
   *
   * @default 127.0.0.1:8000
   */
  readonly bind?: readonly string[] | undefined;
  /**
   * The protocol of these addresses: `http`, or for a web server in front `fcgi` (FastCGI), `scgi` or `uwsgi`.
   *
   * @default `http`; with `runfcgi`, `fcgi`
   */
  readonly protocol?: 'http' | 'fcgi' | 'scgi' | 'uwsgi' | undefined;
  /**
   * How many connections may wait in the kernel for a worker to accept them.
   *
   * @default 511
   */
  readonly backlog?: number | undefined;
  /**
   * Environment variables of the workers. The variables of all sources are combined.
   *
   * @default none
   */
  readonly env?: Readonly<Record<string, string | number | boolean>> | undefined;
  /**
   * Paths that a new worker must answer, with a status below 400, before it accepts connections.
   *
   * @default none
   */
  readonly warmup?: readonly string[] | undefined;
  /**
   * Files that reload the site when they change or are touched.
   *
   * @default none
   */
  readonly touchToReload?: readonly string[] | undefined;
  /**
   * Show error pages with source code while DEBUG is true. Only for a server that nobody else can reach.
   *
   * @default false
   */
  readonly allowDebug?: boolean | undefined;
}
