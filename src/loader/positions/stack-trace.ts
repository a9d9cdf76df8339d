import { SourceMap as SourceMapReader } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import type { SourceLocation } from '../../errors.ts';
import { PACKAGE_ROOT } from '../../files/package-root.ts';
import { toPath } from '../../text/find-frame.ts';
import { DEFAULT_NAME } from '../transform/import-names.ts';
import { columnBefore, type Replacement } from './replacements.ts';

const OWN_FOLDERS = ['dist', 'src'].map((name) => path.join(PACKAGE_ROOT, name, 'loader') + path.sep);

/** The mapping of a file's executable code back to its source. */
export interface CodeMaps {
  /** What was put into the code after the last transform. */
  readonly replacements: readonly Replacement[];
  /** The `mappings` of the source maps from the code back to the source, one step each. */
  readonly mappings: readonly string[];
  /** What line of the mappings the first line of the code is, from 0. That line is the wrapper's, not the user's. */
  readonly lineOffset: number;
}

/** What `util.getCallSites()` gives; the column's name has changed since Node 22.9. */
interface CallSiteObject {
  readonly scriptName: string;
  readonly lineNumber: number;
  readonly column?: number;
  readonly columnNumber?: number;
}

/** Knows where each line of transformed code came from, and makes stack traces say so. */
export class StackTraces {
  readonly #code = new Map<string, CodeMaps>();
  readonly #readers = new Map<string, readonly SourceMapReader[]>();

  register(file: string, code: CodeMaps): void {
    this.#code.set(file, code);
    this.#readers.delete(file);
  }

  /** The place in the source of a place in the transformed code. Lines and columns from 1. */
  original(file: string, line: number, column: number): Required<SourceLocation> {
    const replacements = this.#code.get(file)?.replacements ?? [];
    let place = { line: line - 1, column: columnBefore(replacements, line - 1, column - 1) };
    for (const reader of this.#readersOf(file)) {
      const entry = reader.findEntry(place.line, place.column);
      if (!('originalLine' in entry)) break;
      place = { line: entry.originalLine, column: entry.originalColumn };
    }
    return { file, line: place.line + 1, column: place.column + 1 };
  }

  /**
   * Makes every stack of this process name the source's lines, and leaves our loader's own frames out. V8 asks
   * this hook when a stack is first read, so that errors whose stack is not read cost nothing. Programs that put their own
   * hook in its place get call sites that name the source's lines as well.
   */
  install(): void {
    const byUs = (error: unknown, callSites: readonly NodeJS.CallSite[]) => {
      const frames = this.#shown(callSites).map((site) => `\n    at ${this.#describe(site)}`);
      return `${describeError(error)}${frames.join('')}`;
    };
    type Hook = NonNullable<typeof Error.prepareStackTrace>;
    const mapped = new WeakSet<Hook>([byUs]);
    let hook: Hook = byUs;
    Object.defineProperty(Error, 'prepareStackTrace', {
      configurable: true,
      enumerable: true,
      get: () => hook,
      set: (given: unknown) => {
        if (typeof given !== 'function') hook = byUs;
        else if (mapped.has(given as Hook)) hook = given as Hook;
        else {
          hook = (error, callSites) =>
            (given as Hook).call(
              Error,
              error,
              this.#shown(callSites).map((site) => this.#callSite(site)),
            );
          mapped.add(hook);
        }
      },
    });
  }

  /** `util.getCallSites()` with the source's lines: Node gets its call sites without the hook. */
  get utilBuiltin(): object {
    const { getCallSites } = util as { getCallSites?: (...options: unknown[]) => CallSiteObject[] };
    if (getCallSites === undefined) return util;
    const withPlaces = (...options: unknown[]) =>
      getCallSites(...options)
        .filter(({ scriptName }) => !isOwn(toPath(scriptName)))
        .map((site) => {
          if (!this.#code.has(site.scriptName)) return site;
          const column = site.columnNumber ?? site.column ?? 1;
          const place = this.original(site.scriptName, site.lineNumber, column);
          return {
            ...site,
            lineNumber: place.line,
            ...(site.columnNumber !== undefined && { columnNumber: place.column }),
            ...(site.column !== undefined && { column: place.column }),
          };
        });
    const copy = Object.create(null, Object.getOwnPropertyDescriptors(util));
    return Object.defineProperty(copy, 'getCallSites', {
      value: withPlaces,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }

  /** A call site that names the source's place. All else is asked of V8's own. */
  #callSite(site: NodeJS.CallSite): NodeJS.CallSite {
    const file = site.getFileName();
    const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
    if (!file || line === null || column === null || !this.#code.has(file)) return site;
    const place = this.original(file, line, column);
    const own: Record<string, () => unknown> = {
      getLineNumber: () => place.line,
      getColumnNumber: () => place.column,
      toString: () => this.#describe(site),
    };
    return new Proxy(site, {
      get(target, name) {
        const method = own[String(name)] ?? Reflect.get(target, name);
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
  }

  #shown(callSites: readonly NodeJS.CallSite[]): NodeJS.CallSite[] {
    return callSites.filter((site) => !this.#isWrapper(site) && !isLoaderFrame(site));
  }

  #isWrapper(site: NodeJS.CallSite): boolean {
    const code = this.#code.get(site.getFileName() ?? '');
    return code !== undefined && site.getLineNumber() === code.lineOffset + 1;
  }

  #describe(site: NodeJS.CallSite): string {
    const file = site.getFileName();
    const line = site.getLineNumber();
    const column = site.getColumnNumber();
    const text = String(site);
    if (!file || line === null || column === null || !this.#code.has(file)) return text;
    const place = this.original(file, line, column);
    return text
      .replace(DEFAULT_NAME, 'default')
      .replace(`${file}:${line}:${column}`, () => `${file}:${place.line}:${place.column}`);
  }

  #readersOf(file: string): readonly SourceMapReader[] {
    let readers = this.#readers.get(file);
    if (readers === undefined) {
      readers = (this.#code.get(file)?.mappings ?? []).map(readerOf);
      this.#readers.set(file, readers);
    }
    return readers;
  }
}

/** Reads the `mappings` of a source map. */
export function readerOf(mappings: string): SourceMapReader {
  return new SourceMapReader({ version: 3, sources: [''], mappings } as never);
}

function isLoaderFrame(site: NodeJS.CallSite): boolean {
  const file = site.getFileName();
  if (file === null || file === undefined) return site.getFunctionName() === 'next';
  return isOwn(toPath(file));
}

function describeError(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return '<error>'; // A name or message whose getter throws must not hide where it was thrown.
  }
}

function isOwn(file: string): boolean {
  return OWN_FOLDERS.some((folder) => file.startsWith(folder));
}
