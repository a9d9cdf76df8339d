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
  /** The replacements that were made after the last transform. */
  readonly replacements: readonly Replacement[];
  /** The `mappings` of the source maps from the code back to the source, one step each. */
  readonly mappings: readonly string[];
  /** The line of the mappings, from 0, for the first line of the code, which is the wrapper's. It may be negative. */
  readonly lineOffset: number;
}

/** A call site of `util.getCallSites()`. Node has changed the name of the column's property since 22.9. */
interface CallSiteObject {
  readonly scriptName: string;
  readonly lineNumber: number;
  readonly column?: number;
  readonly columnNumber?: number;
}

/** Maps places in transformed code to the source, in stack traces too. */
export class StackTraces {
  readonly #code = new Map<string, CodeMaps>();
  readonly #readers = new Map<string, readonly SourceMapReader[]>();

  register(file: string, code: CodeMaps): void {
    this.#code.set(file, code);
    this.#readers.delete(file);
  }

  /** Maps a place in the transformed code to the source. Lines and columns count from 1. */
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
   * Makes all stack traces of this process show the lines of the source, without the frames of our loader. V8 calls
   * this hook when a stack is first read, so an error whose stack is not read costs nothing. Programs that replace the
   * hook by their own get call sites with the lines of the source as well.
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

  /** `util` with a `getCallSites()` that returns the lines of the source. Node does not use the hook for it. */
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

  /** A call site with the place in the source. All other values are those of V8's call site. */
  #callSite(site: NodeJS.CallSite): NodeJS.CallSite {
    const file = site.getFileName();
    const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
    if (site.isEval()) {
      const origin = site.getEvalOrigin();
      return this.#replacing(site, {
        getEvalOrigin: () => origin && this.#withOrigin(`${origin}`),
        toString: () => this.#describe(site),
      });
    }
    if (!file || line === null || column === null || !this.#code.has(file)) return site;
    const place = this.original(file, line, column);
    return this.#replacing(site, {
      getLineNumber: () => place.line,
      getColumnNumber: () => place.column,
      toString: () => this.#describe(site),
    });
  }

  #replacing(site: NodeJS.CallSite, own: Readonly<Record<string, () => unknown>>): NodeJS.CallSite {
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
    const text = site.isEval() ? this.#withOrigin(String(site)) : String(site);
    if (!file || line === null || column === null || !this.#code.has(file)) return text;
    const place = this.original(file, line, column);
    return text
      .replace(DEFAULT_NAME, 'default')
      .replace(`${file}:${line}:${column}`, () => `${file}:${place.line}:${place.column}`);
  }

  /** Maps the place in `eval at f (file:1:2)`, the origin of code from `eval()` and `new Function()`. */
  #withOrigin(text: string): string {
    return text.replace(
      /\(([^()\n]+):(\d+):(\d+)\)/g,
      (origin, file: string, line: string, column: string) => {
        const code = this.#code.get(file);
        if (code === undefined) return origin;
        // In an origin, V8 counts lines from the start of the script.
        const place = this.original(file, Number(line) + code.lineOffset, Number(column));
        return `(${file}:${place.line}:${place.column})`;
      },
    );
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
    return '<error>'; // A getter of the error throws. The place of the error must be shown all the same.
  }
}

function isOwn(file: string): boolean {
  return OWN_FOLDERS.some((folder) => file.startsWith(folder));
}
