import { createRequire } from 'node:module';
import path from 'node:path';
import type { SourceMap } from 'oxc-transform';
import { ImproperlyConfigured } from '../../errors.ts';
import { codeFrame, positionAt } from '../../files/code-frame.ts';
import type { TransformInput } from './transform-input.ts';

interface Lowered {
  readonly code: string;
  readonly map: SourceMap;
}

interface Esbuild {
  transformSync(source: string, options: object): { code: string; map: string };
}

interface TypeScript {
  readonly transpileModule?: (
    source: string,
    options: object,
  ) => { outputText: string; sourceMapText: string };
  readonly ScriptTarget: { readonly ES2022: number };
  readonly ModuleKind: { readonly ESNext: number };
}

/** Text that looks like a decorator. It may be in a comment or a string. */
const DECORATOR = /@[\w([]/;
/** A decorator at the start of a line. There it cannot be a part of a path or of a package name in an import. */
const DECORATOR_OF_LINE = /(?<=^\s*(?:export\s+(?:default\s+)?)?)@[\w([]/m;

/** The compiler for each folder, since each can have its own packages. */
const compilers = new Map<string, string>();

/** The name and version of the compiler for a file that may have standard decorators. Empty for all other files. */
export function compilerFor({ file, source, options }: TransformInput): string {
  if (options.experimentalDecorators || !mayHaveDecorators(source)) return '';
  const folder = path.dirname(file);
  let compiler = compilers.get(folder);
  if (compiler === undefined) {
    const require = createRequire(file);
    const versions = ['esbuild', 'typescript'].map((name) => {
      const manifest = requireIfInstalled<{ version: string }>(require, `${name}/package.json`);
      return manifest && `${name} ${manifest.version}`;
    });
    compiler = versions.find((version) => version !== undefined) ?? '';
    compilers.set(folder, compiler);
  }
  return compiler;
}

/** Whether the source has text that looks like a decorator. */
export function mayHaveDecorators(source: string): boolean {
  return DECORATOR.test(source);
}

/**
 * Compiles a file with standard decorators (TC39, not `experimentalDecorators`) by a compiler that the site has
 * installed: esbuild or TypeScript 5. Neither Node nor our transform supports them yet. Few sites use them, so this
 * package does not depend on such a compiler.
 *
 * @throws {ImproperlyConfigured} when the site has neither.
 */
export function lowerStandardDecorators(file: string, source: string): Lowered {
  const require = createRequire(file);
  const esbuild = requireIfInstalled<Esbuild>(require, 'esbuild');
  if (esbuild !== undefined) {
    const loader = file.endsWith('x') ? 'tsx' : 'ts';
    const options = { loader, target: 'es2022', format: 'esm', sourcemap: 'external', sourcefile: file };
    const { code, map } = esbuild.transformSync(source, options);
    return { code, map: JSON.parse(map) };
  }
  const typescript = requireIfInstalled<TypeScript>(require, 'typescript');
  if (typescript?.transpileModule !== undefined) {
    const { ScriptTarget, ModuleKind } = typescript;
    const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.ESNext, sourceMap: true };
    const result = typescript.transpileModule(source, { compilerOptions, fileName: file });
    return { code: result.outputText, map: JSON.parse(result.sourceMapText) };
  }
  const found = [DECORATOR_OF_LINE, DECORATOR].map((pattern) => source.search(pattern));
  const location = { file, ...positionAt(source, found.find((index) => index >= 0) ?? 0) };
  throw new ImproperlyConfigured(`${file} has standard decorators, and the site has no compiler for them.`, {
    hint: 'Run npm install -D esbuild, or set "experimentalDecorators" in tsconfig.json if legacy ones are meant.',
    location,
    codeFrame: codeFrame(location, source),
  });
}

function requireIfInstalled<Package>(require: NodeJS.Require, name: string): Package | undefined {
  try {
    return require(name);
  } catch {
    return undefined; // Not installed, or not for this platform. The next compiler is tried.
  }
}
