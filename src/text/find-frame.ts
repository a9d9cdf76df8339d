import { fileURLToPath } from 'node:url';
import type { SourceLocation } from '../errors.ts';

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
