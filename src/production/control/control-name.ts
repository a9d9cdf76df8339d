/** The room for this name in the name of a socket. */
const NAME = /^[\w.-]{1,32}$/;

/** Whether a text can be the name of a server for `--control`: letters, digits, `_`, `.` and `-`, at most 32. */
export function isControlName(text: string): boolean {
  return NAME.test(text);
}

/** Whether it is the path of a socket instead: what has a slash. */
export function isControlPath(text: string): boolean {
  return text.includes('/');
}
