import vm from 'node:vm';
import { debugCode } from './debug-code.ts';
import { PackageScopes } from './package-scope.ts';
import type { SourceFiles } from './source-files.ts';
import type { StackTraces } from './stack-trace.ts';
import type { TransformedModule } from './transform.ts';
import type { TransformCache } from './transform-cache.ts';
import { TsconfigReader } from './tsconfig.ts';

export interface CompilerParts {
  readonly files: SourceFiles;
  readonly cache: TransformCache;
  readonly stackTraces: StackTraces;
  /** A debugger may attach: the code tells it where it came from. @default false */
  readonly isInspected?: boolean;
}

/** A source file as far as it can be taken without knowing other modules. */
export interface CompiledModule {
  readonly module: TransformedModule;
  /** The compiled code: `ModuleFunction` or `CommonjsFunction`. */
  readonly run: unknown;
}

/** The site's source files, each read, transformed and compiled when it is first asked for. */
export class CompiledModules {
  readonly #parts: CompilerParts;
  readonly #modules = new Map<string, CompiledModule>();
  #tsconfigs: TsconfigReader;
  #scopes: PackageScopes;

  constructor(parts: CompilerParts) {
    this.#parts = parts;
    this.#tsconfigs = new TsconfigReader(parts.files);
    this.#scopes = new PackageScopes(parts.files);
  }

  /** @throws {SourceSyntaxError} and what reading a file throws. */
  get(file: string): CompiledModule {
    let compiled = this.#modules.get(file);
    if (compiled === undefined) {
      compiled = this.#compile(file);
      this.#modules.set(file, compiled);
    }
    return compiled;
  }

  /** The next time these are asked for, they are compiled anew. */
  forget(files: Iterable<string>): void {
    for (const file of files) this.#modules.delete(file);
  }

  /** Forgets every module, and what package.json and tsconfig.json say about them. */
  forgetAll(): void {
    this.#modules.clear();
    this.#tsconfigs = new TsconfigReader(this.#parts.files);
    this.#scopes = new PackageScopes(this.#parts.files);
  }

  #compile(file: string): CompiledModule {
    const { files, cache, stackTraces, isInspected } = this.#parts;
    const source = files.read(file);
    const kind = this.#scopes.kindOf(file);
    const options = this.#tsconfigs.optionsOf(file);
    const module = cache.get({ file, source, kind, options });
    const mapped = isInspected ? debugCode(file, source, module) : module;
    stackTraces.register(file, mapped);
    const script = new vm.Script(mapped.code, { filename: file, lineOffset: mapped.lineOffset });
    return { module, run: script.runInThisContext() };
  }
}
