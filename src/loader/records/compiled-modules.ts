import vm from 'node:vm';
import type { StackTraces } from '../positions/stack-trace.ts';
import type { PackageManifests } from '../resolve/package-manifests.ts';
import { PackageScopes } from '../resolve/package-scope.ts';
import type { TsconfigReader } from '../resolve/tsconfig.ts';
import type { SourceFiles } from '../sources/source-files.ts';
import { debugCode } from '../transform/debug-code.ts';
import type { TransformedModule, TransformInput } from '../transform/transform.ts';
import type { TransformCache } from '../transform/transform-cache.ts';

export interface CompilerParts {
  readonly files: SourceFiles;
  readonly tsconfigs: TsconfigReader;
  readonly manifests: PackageManifests;
  readonly cache: TransformCache;
  readonly stackTraces: StackTraces;
  /** Called before code may run that changes or keeps what is global: a package, or a module that names the global object. */
  readonly beforeGlobalUse?: (() => void) | undefined;
  /** A debugger may attach: the code tells it where it came from. @default false */
  readonly isInspected?: boolean;
}

/** A source file as far as it can be taken without knowing other modules. */
export interface CompiledModule {
  readonly module: TransformedModule;
  /** The compiled code: `ModuleFunction` or `CommonjsFunction`. */
  readonly run: unknown;
}

/** Ways to the global object or to code that is made at run time, and assignments to what may be a global class, and its heirs. */
const MAY_USE_GLOBALS =
  /\b(?:global|globalThis|self|eval|Function|createRequire|getBuiltinModule|runIn\w+Context|Response\s*=[^=]|extends\s+Request\b)/;

/** The site's source files, each read, transformed and compiled when it is first asked for. */
export class CompiledModules {
  readonly #parts: CompilerParts;
  readonly #modules = new Map<string, CompiledModule>();
  readonly #scopes: PackageScopes;

  constructor(parts: CompilerParts) {
    this.#parts = parts;
    this.#scopes = new PackageScopes(parts.manifests);
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

  /** Transforms a file in another thread, for who will get it. @throws as `get()` does. */
  transformAhead(file: string): Promise<TransformedModule> {
    return this.#parts.cache.getInThread(this.#inputOf(file));
  }

  has(file: string): boolean {
    return this.#modules.has(file);
  }

  /** The next time these are asked for, they are compiled anew. */
  forget(files: Iterable<string>): void {
    for (const file of files) this.#modules.delete(file);
  }

  /** The next time any is asked for, it is compiled anew. */
  forgetAll(): void {
    this.#modules.clear();
  }

  #compile(file: string): CompiledModule {
    const { cache, stackTraces, isInspected, beforeGlobalUse } = this.#parts;
    const input = this.#inputOf(file);
    if (MAY_USE_GLOBALS.test(input.source)) beforeGlobalUse?.();
    const module = cache.get(input);
    const mapped = isInspected ? debugCode(file, input.source, module) : module;
    stackTraces.register(file, mapped);
    const script = new vm.Script(mapped.code, {
      filename: file,
      lineOffset: mapped.lineOffset,
      // For `import()` in code that is made at run time; that of the module is a call.
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    return { module, run: script.runInThisContext() };
  }

  #inputOf(file: string): TransformInput {
    const { files, tsconfigs } = this.#parts;
    return {
      file,
      source: files.read(file),
      kind: this.#scopes.kindOf(file),
      options: tsconfigs.optionsOf(file),
    };
  }
}
