import path from 'node:path';
import { isOwnFile } from '../../../files/own-files.ts';
import { shownPath } from '../../../files/shown-path.ts';
import { installedLoader } from '../../../loader/imports/installed-loader.ts';
import { type FrameText, readFrame } from '../../../text/find-frame.ts';
import { stackLines } from '../../../text/v8-stack.ts';

/** One line of a stack. */
export interface StackFrame {
  /** The function; undefined where it has no name, and at the top level of a module. */
  readonly name: string | undefined;
  /** The absolute path; undefined for code without a file. */
  readonly file: string | undefined;
  /** The place as a page shows it. Files of the site have relative paths. */
  readonly place: string;
  readonly line: number;
  readonly column: number;
  /** Whether the frame is of the site's own code. */
  readonly isSite: boolean;
}

/** The limit of lines. V8's own stacks are shorter, but a site may assign any text to `error.stack`. */
const MOST_LINES = 20_000;

/**
 * The frames of V8's `error.stack`, the newest first.
 *
 * @param message The error's message. It stands before the frames, and may contain lines that look like frames.
 */
export function parseStack(stack: string, message: string): readonly StackFrame[] {
  return stackLines(stack, message)
    .slice(0, MOST_LINES)
    .flatMap((line) => {
      const frame = readFrame(line);
      return frame === undefined ? [] : shownFrame(frame);
    });
}

function shownFrame({ name, place, location }: FrameText): StackFrame {
  if (location === undefined) return { name, file: undefined, place, line: 0, column: 0, isSite: false };
  const { file, line, column } = location;
  return { name, file, place: `${showPath(file)}:${line}:${column}`, line, column, isSite: isSiteFile(file) };
}

/** A path in the form for developers: relative to the project root. */
export function showPath(file: string): string {
  return shownPath(file, installedLoader()?.root ?? process.cwd());
}

function isSiteFile(file: string): boolean {
  return !isOwnFile(file) && !file.includes(`${path.sep}node_modules${path.sep}`);
}
