/** A template of a site: a folder or an archive. Paths are relative and have forward slashes. */
export interface Template {
  readonly directories: readonly string[];
  readonly files: readonly TemplateFile[];
}

export interface TemplateFile {
  readonly path: string;
  /** The permission bits. */
  readonly mode: number;
  readonly content: Buffer;
}

export interface TemplateOptions {
  readonly cwd: string;
  readonly home: string;
  /** Decides by the name of a folder, at any depth. */
  readonly isExcluded: (directory: string) => boolean;
}
