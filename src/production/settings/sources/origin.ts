/** The sources of settings, each stronger than those before it. */
export type Source = 'default' | 'file' | 'platform' | 'environment' | 'arguments' | 'flag' | 'word';

/** Where a value comes from. */
export interface Origin {
  readonly source: Source;
  /**
   * The flag, the word of runfcgi, the variable, or the name in the file: `--workers`, `port=`, `RUNWSGI_WORKERS`,
   * `sites.blog.workers`. Of a default, the setting.
   */
  readonly name: string;
  /** The configuration file. */
  readonly file?: string;
}

/** A value of one source. */
export interface Found {
  readonly value: unknown;
  readonly origin: Origin;
}

/** The values of one source, by the names of settings. */
export type Layer = ReadonlyMap<string, Found>;
