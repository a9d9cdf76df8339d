import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceLocation } from '../errors.ts';

/** A stack frame in V8's format: `name (file:///path:1:2)`, or the place alone. */
export interface FrameText {
  /** The function; undefined if it has no name, and at the top level of a module. */
  readonly name: string | undefined;
  /** The place as written. */
  readonly place: string;
  /** Undefined if the place is not in a file. */
  readonly location: Required<SourceLocation> | undefined;
}

/** Reads a line of a stack. Returns undefined if it is not a frame. */
export function readFrame(stackLine: string): FrameText | undefined {
  const text = /^\s+at (.+)$/.exec(stackLine)?.[1];
  if (text === undefined) return undefined;
  const open = text.endsWith(')') ? text.indexOf(' (') : -1;
  const name = open < 0 ? undefined : text.slice(0, open);
  const place = open < 0 ? text : text.slice(open + 2, -1);
  const [, written = '', line, column] = /^(?:async )?(.+?):(\d+):(\d+)$/.exec(place) ?? [];
  const file = toPath(written);
  const isFile = path.isAbsolute(file);
  return { name, place, location: isFile ? { file, line: Number(line), column: Number(column) } : undefined };
}

/** The first place in a stack whose file `accepts` returns true for, such as the user's own line. */
export function findFrame(
  stack: string,
  accepts: (file: string) => boolean,
): Required<SourceLocation> | undefined {
  for (const line of stack.split('\n')) {
    const location = readFrame(line)?.location;
    if (location !== undefined && accepts(location.file)) return location;
  }
  return undefined;
}

/** The path of a frame, which may be written as a URL. A URL with a host stays unchanged. */
export function toPath(fileOrUrl: string): string {
  if (!fileOrUrl.startsWith('file:')) return fileOrUrl;
  try {
    return fileURLToPath(fileOrUrl);
  } catch {
    return fileOrUrl;
  }
}
