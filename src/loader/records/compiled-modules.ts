import vm from 'node:vm';
import type { StackTraces } from '../positions/stack-trace.ts';
import type { PackageManifests } from '../resolve/package-manifests.ts';
import { PackageScopes } from '../resolve/package-scope.ts';
import type { TsconfigReader } from '../resolve/tsconfig.ts';
import type { SourceFiles } from '../sources/source-files.ts';
import { debugCode } from '../transform/debug-code.ts';
import type { TransformedModule } from '../transform/transform.ts';
import type { TransformCache } from '../transform/transform-cache.ts';
import type { TransformInput } from '../transform/transform-input.ts';

export interface CompilerParts {
  readonly files: SourceFiles;
  readonly tsconfigs: TsconfigReader;
  readonly manifests: PackageManifests;
  readonly cache: TransformCache;
  readonly stackTraces: StackTraces;
  /** Called before code runs that may change global objects: a package, or a module that names the global object. */
  readonly beforeGlobalUse?: (() => void) | undefined;
  /** Whether a debugger may attach. Then the code gets an inline source map. @default false */
  readonly isInspected?: boolean;
}

/** A source file, compiled without knowledge of other modules. */
interface CompiledModule {
  readonly module: TransformedModule;
  /** The compiled code: `ModuleFunction` or `CommonjsFunction`. */
  readonly run: unknown;
}

/**
 * Access to the global object, code that is created at run time, and assignments to global classes or classes derived
 * from them.
 */
const MAY_USE_GLOBALS =
  /\b(?:global|globalThis|self|eval|Function|createRequire|getBuiltinModule|runIn\w+Context|Response\s*=[^=]|extends\s+Request\b)/;

/** The site's source files. Each is read, transformed and compiled on first use. */
export class CompiledModules {
  readonly #parts: CompilerParts;
  readonly #modules = new Map<string, CompiledModule>();
  readonly #scopes: PackageScopes;

  constructor(parts: CompilerParts) {
    this.#parts = parts;
    this.#scopes = new PackageScopes(parts.manifests);
  }

  /** @throws {SourceSyntaxError} and the errors of reading a file. */
  get(file: string): CompiledModule {
    let compiled = this.#modules.get(file);
    if (compiled === undefined) {
      compiled = this.#compile(file);
      this.#modules.set(file, compiled);
    }
    return compiled;
  }

  /** Transforms a file in another thread, before `get()` needs it. @throws the errors of `get()`. */
  transformAhead(file: string): Promise<TransformedModule> {
    return this.#parts.cache.getInThread(this.#inputOf(file));
  }

  has(file: string): boolean {
    return this.#modules.has(file);
  }

  /** Removes these files, so that the next use compiles them again. */
  forget(files: Iterable<string>): void {
    for (const file of files) this.#modules.delete(file);
  }

  /** Removes all files, so that the next use compiles them again. */
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
      // Only for `import()` in code that is created at run time. The module's own `import()` calls are replaced by
      // function calls.
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
