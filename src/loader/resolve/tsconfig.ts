import { createRequire } from 'node:module';
import path from 'node:path';
import { ImproperlyConfigured } from '../../errors.ts';
import type { SourceFiles } from '../sources/source-files.ts';
import { type Aliases, NO_ALIAS, pathAliases } from './path-aliases.ts';

/** The compiler options that affect how a file runs. */
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

/** The settings that a tsconfig.json has for its files. */
export interface TsProject {
  /** The tsconfig.json. Undefined when there is none above a file. */
  readonly file: string | undefined;
  readonly options: RuntimeCompilerOptions;
  /** The aliases of `paths` and `baseUrl`. */
  readonly aliases: Aliases;
  readonly conditions: readonly string[];
}

interface Tsconfig {
  readonly extends?: unknown;
  readonly references?: readonly { readonly path?: unknown }[];
  readonly compilerOptions?: RuntimeCompilerOptions & {
    readonly paths?: Readonly<Record<string, readonly string[]>> | null;
    readonly baseUrl?: string | null;
    readonly customConditions?: readonly string[] | null;
  };
}

type CompilerOptions = NonNullable<Tsconfig['compilerOptions']>;

/** TypeScript replaces this text by the folder of the tsconfig.json. */
const CONFIG_FOLDER = '$' + '{configDir}';

const NO_PROJECT: TsProject = { file: undefined, options: {}, aliases: () => NO_ALIAS, conditions: [] };

/** A tsconfig.json with its project references. A file may belong to a referenced project. */
interface Solution {
  readonly project: TsProject;
  /** Whether a file belongs to the project. Always true for a project without references. */
  readonly includes: (file: string) => boolean;
  readonly references: readonly Solution[];
}

/** Finds and reads the `tsconfig.json` of a file. Each one is read only once. */
export class TsconfigReader {
  readonly #byFolder = new Map<string, Solution | undefined>();
  readonly #files: SourceFiles;

  constructor(files: SourceFiles) {
    this.#files = files;
  }

  optionsOf(file: string): RuntimeCompilerOptions {
    return this.projectOf(file).options;
  }

  /**
   * Returns the settings of the nearest tsconfig.json. When it has references, the first project that includes the file
   * is taken.
   */
  projectOf(file: string): TsProject {
    const solution = this.#solutionFor(path.dirname(file));
    if (solution === undefined) return NO_PROJECT;
    return projectIn(solution, file) ?? solution.project;
  }

  /** Clears the cache, so that the next use reads the files again. */
  forget(): void {
    this.#byFolder.clear();
  }

  #solutionFor(folder: string): Solution | undefined {
    if (!this.#byFolder.has(folder)) {
      const parent = path.dirname(folder);
      const own = this.#read(path.join(folder, 'tsconfig.json'), new Set());
      this.#byFolder.set(folder, own ?? (parent === folder ? undefined : this.#solutionFor(parent)));
    }
    return this.#byFolder.get(folder);
  }

  /** @param seen The files that are being read, since references may be circular. */
  #read(file: string, seen: ReadonlySet<string>): Solution | undefined {
    const text = this.#files.readIfThere(file);
    if (text === undefined || seen.has(file)) return undefined;
    const plain = parsePlain(text);
    // Which files a project includes matters only where there are references.
    const isAlone = seen.size === 0 && plain?.references === undefined && !text.includes(CONFIG_FOLDER);
    if (plain === undefined || plain.extends !== undefined || !isAlone) return this.#parse(file, seen);
    const options = plain.compilerOptions ?? {};
    return { project: projectOf(file, options, path.dirname(file)), includes: () => true, references: [] };
  }

  #parse(file: string, seen: ReadonlySet<string>): Solution {
    const { parseTsconfig, createPathsMatcher, createFilesMatcher } = loadParser();
    const lookups = new Map<string, unknown>();
    try {
      const config = parseTsconfig(file, lookups as Map<string, string>);
      const options: CompilerOptions = (config as Tsconfig).compilerOptions ?? {};
      // Only the parser knows the base of `paths`, which may be the folder of an extended file.
      const probe = { ...config, compilerOptions: { ...config.compilerOptions, paths: { '*': ['./*'] } } };
      const [below] = createPathsMatcher({ path: file, config: probe })!('x');
      const project = projectOf(file, options, path.dirname(below!));
      const matches = createFilesMatcher({ path: file, config }, process.platform === 'linux');
      const references = (config as Tsconfig).references?.flatMap(({ path: reference }) => {
        const target = path.resolve(path.dirname(file), String(reference));
        const referred = target.endsWith('.json') ? target : path.join(target, 'tsconfig.json');
        return this.#read(referred, new Set([...seen, file])) ?? [];
      });
      return {
        project,
        // TypeScript resolves the imports of JavaScript files in the same way, also where it does not compile them (no
        // `allowJs`).
        includes: (name) => (matches(name) ?? matches(name.replace(/\.([cm]?)jsx?$/, '.$1ts'))) !== undefined,
        references: references ?? [],
      };
    } catch (cause) {
      if (cause instanceof ImproperlyConfigured) throw cause;
      throw new ImproperlyConfigured(`${file} cannot be read: ${(cause as Error).message}`, {
        cause,
        location: { file },
      });
    } finally {
      this.#note(lookups);
    }
  }

  /**
   * Records the files that the parser searched for: extended files, also missing ones. They are in the parser's cache.
   * Its keys are not documented, so package.json pins the version of get-tsconfig. tsconfck has a public API for these
   * files, but it reads asynchronously, and `require()` cannot wait.
   */
  #note(lookups: ReadonlyMap<string, unknown>): void {
    for (const [key] of lookups) {
      const looked = /^(?:existsSync|readFileSync):(.*?)(?::utf8)?$/s.exec(key)?.[1];
      if (looked !== undefined) this.#files.readIfThere(looked);
    }
  }
}

function projectOf(file: string, options: CompilerOptions, base: string): TsProject {
  const { paths, baseUrl } = options;
  const hasBaseUrl = typeof baseUrl === 'string';
  const start = hasBaseUrl ? path.resolve(path.dirname(file), baseUrl) : base;
  const aliases =
    paths || hasBaseUrl ? pathAliases({ paths: paths ?? {}, base: start, hasBaseUrl }) : NO_PROJECT.aliases;
  return { file, options, aliases, conditions: options.customConditions ?? [] };
}

function projectIn({ project, includes, references }: Solution, file: string): TsProject | undefined {
  if (includes(file)) return project;
  for (const reference of references) {
    const found = projectIn(reference, file);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Most sites have a tsconfig.json in plain JSON without `extends`. Only the others need get-tsconfig, which is slow to
 * load (`bench/first-use.js`).
 */
function parsePlain(text: string): Tsconfig | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined; // The file has comments or trailing commas, which only the full parser can read.
  }
}

function loadParser(): typeof import('get-tsconfig') {
  return createRequire(import.meta.url)('get-tsconfig');
}
