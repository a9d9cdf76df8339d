/**
 * Made of the table of settings by `npx vitest run -u --config test/vitest.config.ts test/production/settings`, which also
 * checks that it is up to date.
 */

/** Settings of the logs of a site, and the user of its workers. */
export interface ProcessesConfig {
  /**
   * The access log: a file, or `-` for standard output.
   *
   * @default none
   */
  readonly accessLog?: string | undefined;
  /**
   * The format of the access log, with gunicorn’s atoms, or `json`.
   *
   * @default %(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"
   */
  readonly accessLogFormat?: string | undefined;
  /**
   * The error log: a file, or `-` for standard error.
   *
   * @default -
   */
  readonly errorLog?: string | undefined;
  /**
   * The lowest level of messages in the error log: `debug`, `info`, `warning`, `error` or `critical`.
   *
   * @default info
   */
  readonly logLevel?: 'debug' | 'info' | 'warning' | 'error' | 'critical' | undefined;
  /**
   * The user of the workers: a name or a number.
   *
   * @default the user that starts the server
   */
  readonly user?: string | number | undefined;
  /**
   * The group of the workers: a name or a number.
   *
   * @default the groups of `user`, else those of the server
   */
  readonly group?: string | number | undefined;
  /**
   * The permissions that new files and unix sockets do not get, in octal.
   *
   * @default that of the server; 0 for unix sockets
   */
  readonly umask?: number | string | undefined;
}

/** Settings of the server, the same for all of its sites. */
export interface ServerConfig {
  /**
   * A file for the process id of the server.
   *
   * @default none
   */
  readonly pid?: string | undefined;
  /**
   * Run in the background. The command ends when the server has started, or has failed to start.
   *
   * @default false
   */
  readonly daemon?: boolean | undefined;
  /**
   * The name by which `runwsgi status`, `reload` and `stop` find this server, or the path of a socket.
   *
   * @default from the folder of the project
   */
  readonly control?: string | undefined;
  /**
   * No effect, with a note in the log: gunicorn loads the application before it forks, and Node cannot fork.
   *
   * @default false
   */
  readonly preload?: boolean | undefined;
}
