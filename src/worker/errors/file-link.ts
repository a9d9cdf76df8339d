import { pathToFileURL } from 'node:url';

/**
 * A text that opens a file when it is clicked, in terminals that support OSC 8.
 *
 * @see https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
 */
export function toFileLink(file: string, text: string): string {
  return `\u001b]8;;${pathToFileURL(file).href}\u001b\\${text}\u001b]8;;\u001b\\`;
}
