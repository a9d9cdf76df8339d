import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedLoader } from '../../loader/installed.ts';

/** One line of a stack. */
export interface StackFrame {
  /** The function; undefined where it has no name, and at the top level of a module. */
  readonly name: string | undefined;
  /** The whole path; undefined for what has no file. */
  readonly file: string | undefined;
  /** The place as a page shows it, relative to the site where it lies in it. */
  readonly place: string;
  readonly line: number;
  readonly column: number;
  /** Only the site's own frames are the developer's business. */
  readonly isSite: boolean;
}

// Where a bundle is no file, it can't be told apart.
const OWN_FOLDER = import.meta.url?.startsWith('file:')
  ? fileURLToPath(new URL('../..', import.meta.url))
  : undefined;

/** The frames of V8's `error.stack`, the newest first. */
export function parseStack(stack: string): readonly StackFrame[] {
  return stack.split('\n').flatMap((line) => {
    const text = /^\s+at (.+)$/.exec(line)?.[1];
    return text === undefined ? [] : parseFrame(text);
  });
}

/** `name (file:///path:1:2)`, or the place alone. */
function parseFrame(text: string): StackFrame {
  const open = text.endsWith(')') ? text.indexOf(' (') : -1;
  const name = open < 0 ? undefined : text.slice(0, open);
  const place = open < 0 ? text : text.slice(open + 2, -1);
  const parts = /^(?:async )?(.+?):(\d+):(\d+)$/.exec(place);
  const file = parts?.[1] && toPath(parts[1]);
  if (!file) return { name, file: undefined, place, line: 0, column: 0, isSite: false };
  const [line, column] = [Number(parts[2]), Number(parts[3])];
  return { name, file, place: `${showPath(file)}:${line}:${column}`, line, column, isSite: isSiteFile(file) };
}

/** A path as the developer knows it: from the project root. */
export function showPath(file: string): string {
  const relative = path.relative(installedLoader()?.root ?? process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

function toPath(text: string): string | undefined {
  if (text.startsWith('file:')) return fileURLToPath(text);
  return path.isAbsolute(text) ? text : undefined;
}

function isSiteFile(file: string): boolean {
  const isOwn = OWN_FOLDER !== undefined && file.startsWith(OWN_FOLDER);
  return !isOwn && !file.includes(`${path.sep}node_modules${path.sep}`);
}
