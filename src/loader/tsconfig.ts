import { createRequire } from 'node:module';
import path from 'node:path';
import { ImproperlyConfigured } from '../errors.ts';
import type { SourceFiles } from './source-files.ts';

/** The compiler options that change what a file does when it runs. */
export interface RuntimeCompilerOptions {
  readonly jsx?: string;
  readonly jsxImportSource?: string;
  readonly jsxFactory?: string;
  readonly jsxFragmentFactory?: string;
  readonly experimentalDecorators?: boolean;
  readonly emitDecoratorMetadata?: boolean;
  readonly useDefineForClassFields?: boolean;
  readonly verbatimModuleSyntax?: boolean;
  readonly strictNullChecks?: boolean;
  readonly strict?: boolean;
  readonly target?: string;
}

interface Tsconfig {
  readonly extends?: unknown;
  readonly compilerOptions?: RuntimeCompilerOptions;
}

const NO_OPTIONS: RuntimeCompilerOptions = {};

/** Finds and reads the `tsconfig.json` that rules a file, once for each folder. */
export class TsconfigReader {
  readonly #byFolder = new Map<string, RuntimeCompilerOptions>();
  readonly #files: SourceFiles;

  constructor(files: SourceFiles) {
    this.#files = files;
  }

  optionsOf(file: string): RuntimeCompilerOptions {
    return this.#optionsFor(path.dirname(file));
  }

  #optionsFor(folder: string): RuntimeCompilerOptions {
    let options = this.#byFolder.get(folder);
    if (options === undefined) {
      const parent = path.dirname(folder);
      options = this.#read(path.join(folder, 'tsconfig.json'));
      options ??= parent === folder ? NO_OPTIONS : this.#optionsFor(parent);
      this.#byFolder.set(folder, options);
    }
    return options;
  }

  #read(file: string): RuntimeCompilerOptions | undefined {
    const text = this.#files.readIfThere(file);
    if (text === undefined) return undefined;
    const plain = parsePlain(text);
    if (plain !== undefined && plain.extends === undefined) return plain.compilerOptions ?? NO_OPTIONS;
    try {
      const reads = new Map<string, unknown>();
      const { compilerOptions } = loadParser()(file, reads);
      for (const extended of filesRead(reads)) this.#files.readIfThere(extended);
      return compilerOptions ?? NO_OPTIONS;
    } catch (cause) {
      throw new ImproperlyConfigured(`${file} cannot be read: ${(cause as Error).message}`, { cause });
    }
  }
}

/** Most sites' tsconfig is plain JSON without `extends`, and the parser for the rest costs 10 ms to load. */
function parsePlain(text: string): Tsconfig | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Comments or trailing commas, which the full parser understands.
  }
}

function loadParser(): (file: string, reads: Map<string, unknown>) => Tsconfig {
  const { parseTsconfig } = createRequire(import.meta.url)('get-tsconfig');
  return parseTsconfig;
}

/** The parser's cache names what it read: the file itself and those that it extends. */
function filesRead(reads: ReadonlyMap<string, unknown>): string[] {
  const files = [...reads.keys()].map((key) => /^readFileSync:(.*):utf8$/.exec(key)?.[1]);
  return files.filter((file) => file !== undefined);
}
