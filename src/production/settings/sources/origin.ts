/** The sources of settings. Each has priority over those before it. */
export type Source = 'default' | 'file' | 'platform' | 'environment' | 'arguments' | 'flag' | 'word';

/** The origin of a value. */
export interface Origin {
  readonly source: Source;
  /**
   * The flag, the word of runfcgi, the variable, or the name in the file: `--workers`, `port=`, `RUNWSGI_WORKERS`,
   * `sites.blog.workers`. For a default, the setting.
   */
  readonly name: string;
  /** The configuration file. */
  readonly file?: string;
}

/** A value from one source. */
export interface Found {
  readonly value: unknown;
  readonly origin: Origin;
}

/** The values of one source, by the names of settings. */
export type Layer = ReadonlyMap<string, Found>;
