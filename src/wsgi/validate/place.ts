/** A place in the source of a site. */
export interface Place {
  /** The function that was running, if it has a name. */
  readonly name?: string | undefined;
  /** The top-level declaration around it. */
  readonly declaration?: string | undefined;
  /** Absolute path. */
  readonly file: string;
  /** The line number, beginning with 1. */
  readonly line: number;
}

/** A stack that was not read yet. This is cheap, since V8 formats it when it is first read. */
export interface CapturedStack {
  readonly stack: string;
}

/** The default depth of the search for a place. Each frame takes time with every call that is checked. */
const DEPTH = 5;

/** A copy of the expression in `src/text/find-frame.ts`: the contract imports no other folder, and runs without Node's modules. */
const FRAME =
  /^\s*at (?:async )?(?:(.*?) \()?((?:file:\/\/)?\/?(?:[A-Za-z]:)?[^():\n]+(?:\([^()\n]*\))?[^():\n]*):(\d+):\d+\)?$/;

/** A site may have its own copy of this package. */
const INSTALLED = /[\\/]node_modules[\\/]startproject[\\/]dist[\\/]/;

/** The stack from the caller of `below` upwards, limited to `depth` frames. */
export function captureStack(below: (...args: never[]) => unknown, depth = DEPTH): CapturedStack {
  const captured = { stack: '' };
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = depth;
  Error.captureStackTrace(captured, below);
  Error.stackTraceLimit = stackTraceLimit;
  return captured;
}

/**
 * The frames of a stack outside of this package, the innermost first, up to the frame of this package that `until`
 * matches.
 */
export function placesOf({ stack }: CapturedStack, until?: RegExp): Place[] {
  const own = ownFolder();
  const places: Place[] = [];
  for (const line of stack.split('\n')) {
    const [, name, file, number] = FRAME.exec(line) ?? [];
    if (file === undefined || file.startsWith('node:')) continue;
    const place = { name: readableName(name), file: toPath(file), line: Number(number) };
    if (!place.file.startsWith(own) && !INSTALLED.test(place.file)) places.push(place);
    else if (name !== undefined && until?.test(name)) break;
  }
  return places;
}

/** Formats a place: `mysite/wsgi.ts:12`, relative to the working directory if it is inside of that. */
export function showPlace({ name, declaration, file, line }: Place): string {
  const folder = globalThis.process?.cwd?.();
  const shown = folder && file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
  const isWithin =
    name !== undefined && declaration !== undefined && !`${name}.`.startsWith(`${declaration}.`);
  const known = isWithin ? `${name} in ${declaration}` : (name ?? declaration);
  return known === undefined ? `${shown}:${line}` : `${known} (${shown}:${line})`;
}

function readableName(name: string | undefined): string | undefined {
  return name === undefined || /<anonymous>|^eval$/.test(name)
    ? undefined
    : name.replace(/^(?:Object|Module)\./, '');
}

function toPath(fileOrUrl: string): string {
  if (!fileOrUrl.startsWith('file:')) return fileOrUrl;
  return decodeURIComponent(new URL(fileOrUrl).pathname).replace(/^\/(?=[A-Za-z]:)/, '');
}

/** The folder of this package's code, from the place of this function: `src`, or `dist` in a bundle. */
function ownFolder(): string {
  const captured = { stack: '' };
  Error.captureStackTrace(captured);
  const [, , file] =
    captured.stack
      .split('\n')
      .map((line) => FRAME.exec(line))
      .find(Boolean) ?? [];
  return toPath(file ?? '').replace(/(?:wsgi[\\/]validate|chunks)[\\/][^\\/]+$/, '');
}
