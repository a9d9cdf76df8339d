import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { SourceLocation } from '../../errors.ts';

/** These editors would use the terminal of the server. */
const TERMINAL_EDITORS: ReadonlySet<string> = new Set(
  'ed ex emacs helix hx jed joe kak mcedit micro mg nano ne nvim pico vi vim'.split(' '),
);

const HOW = 'Start it, or name its program: LAUNCH_EDITOR=code npm run dev';

/**
 * Opens a file in the running editor, or in the one that LAUNCH_EDITOR, VISUAL or EDITOR names. launch-editor knows the
 * editors and their arguments. To start them, it uses a shell on Windows, and this terminal, so this package starts
 * them itself.
 *
 * @returns The reason of a failure, or undefined.
 */
export async function openEditor({
  file,
  line = 1,
  column = 1,
}: SourceLocation): Promise<string | undefined> {
  // Imported on demand, since few runs of the server need it.
  const { default: guessEditor } = await import('launch-editor/guess.js');
  const { default: argumentsFor } = await import('launch-editor/get-args.js');
  const [editor] = guessEditor();
  if (!editor) return `No running editor was found. ${HOW}`;
  if (TERMINAL_EDITORS.has(path.basename(editor))) {
    return `${path.basename(editor)} needs a terminal of its own. For another editor: LAUNCH_EDITOR=code npm run dev`;
  }
  const words = argumentsFor(editor, file, line, column).map(String);
  // With its own process group it outlives the server.
  const child = spawn(editor, words, { stdio: 'ignore', detached: true });
  try {
    await once(child, 'spawn');
  } catch (error) {
    return `${editor} does not start: ${(error as Error).message}. ${HOW}`;
  }
  child.unref();
  return undefined;
}
