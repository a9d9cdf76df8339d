/** How a process puts an error into its log: on the global object, since a site may have a copy of this package of its own. */
const ERROR_TEXT = Symbol.for('startproject.error-text');

/** An error as text of one or several lines, without a line end. It never throws. */
type ErrorText = (error: unknown) => string;

/** From here on this process describes errors in its log so. */
export function setErrorText(errorText: ErrorText): void {
  Object.defineProperty(globalThis, ERROR_TEXT, { value: errorText, configurable: true });
}

/** What was set; undefined where errors are logged as their stacks. */
export function currentErrorText(): ErrorText | undefined {
  return (globalThis as { [ERROR_TEXT]?: ErrorText })[ERROR_TEXT];
}
