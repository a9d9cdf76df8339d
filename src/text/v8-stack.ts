import { fileURLToPath } from 'node:url';
import type { SourceLocation } from '../errors.ts';

/** A line of V8's text of a stack that is a frame. */
export const FRAME_LINE = /^\s+at /;

/**
 * The lines of a stack after the message. The message itself may have lines in the form of frames, from a client say.
 *
 * @param message As it is now.
 */
export function stackLines(stack: string, message: string): readonly string[] {
  const start = message === '' ? -1 : stack.indexOf(message);
  const isHeading = start >= 0 && !stack.slice(0, start).includes('\n');
  if (isHeading) return stack.slice(start + message.length).split('\n');
  // The message, or the name, is another than it was when the error was made: only what ends the stack is sure.
  const lines = stack.trimEnd().split('\n');
  return lines.slice(lines.findLastIndex((line) => !FRAME_LINE.test(line)) + 1);
}

/** The first place in a stack that `accepts` its file: the user's own line. */
export function findFrame(
  stack: string,
  accepts: (file: string) => boolean,
): Required<SourceLocation> | undefined {
  for (const match of stack.matchAll(
    /(?:\(|at (?:async )?)((?:file:\/\/)?\/?[^():\n]+(?:\([^()\n]*\))?[^():\n]*):(\d+):(\d+)\)?$/gm,
  )) {
    const file = toPath(match[1]!);
    if (accepts(file)) return { file, line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}

/** The path that a frame names, which may do so by a URL. */
export function toPath(fileOrUrl: string): string {
  return fileOrUrl.startsWith('file:') ? fileURLToPath(fileOrUrl) : fileOrUrl;
}
