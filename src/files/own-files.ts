import { FRAME_LINE } from '../text/v8-stack.ts';

// A bundle without a file URL cannot distinguish its own code from that of the site.
const FILE = import.meta.url?.startsWith('file:') ? import.meta.url : undefined;
// Requested at run time, since some runtimes do not have this module.
const builtin = globalThis.process?.getBuiltinModule?.('node:url');

/** The folders of this package's code. A checkout may also contain sites, which are not part of it. */
const OWN_FOLDERS =
  FILE === undefined || builtin === undefined
    ? []
    : ['bin', 'dist', 'src'].map((name) => builtin.fileURLToPath(new URL(`../../${name}/`, FILE)));

/** Whether a line of a stack is a frame of this package or of Node. */
export function isForeignFrame(line: string): boolean {
  return /^\s+at .*\bnode:/.test(line) || OWN_FOLDERS.some((folder) => line.includes(folder));
}

/**
 * The lines of a stack without the last frames, which show how this package and Node have called the site's code. All
 * lines if there are no other frames.
 */
export function siteLines(stack: string): readonly string[] {
  const lines = stack.split('\n');
  const end = lines.findLastIndex((line) => !isForeignFrame(line)) + 1;
  return FRAME_LINE.test(lines[end - 1] ?? '') ? lines.slice(0, end) : lines;
}

/** Whether a file is code of this package. */
export function isOwnFile(file: string): boolean {
  return OWN_FOLDERS.some((folder) => file.startsWith(folder));
}
