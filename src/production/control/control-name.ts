/** Limited by the length of a socket name. */
const NAME = /^[\w.-]{1,32}$/;

/** Whether a text can be the name of a server for `--control`: letters, digits, `_`, `.` and `-`, at most 32. */
export function isControlName(text: string): boolean {
  return NAME.test(text);
}

/** Whether a text is the path of a socket: it contains a slash. */
export function isControlPath(text: string): boolean {
  return text.includes('/');
}
