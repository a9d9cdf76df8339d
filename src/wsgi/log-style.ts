/**
 * The log format of a process. It is stored on the global object, since a site may have its own copy of this package.
 */
const LOG_STYLE = Symbol.for('startproject.log-style');

interface LogStyle {
  /** An error as text of one or several lines, without a line end. It never throws. */
  error(error: unknown): string;
  /** Formats a line. It is wrapped if the terminal is too narrow. */
  line(text: string): string;
}

/** Sets the style of this process. */
export function setLogStyle(style: LogStyle | undefined): void {
  Object.defineProperty(globalThis, LOG_STYLE, { value: style, configurable: true });
}

/** The style; undefined if errors are logged as stacks and lines are logged unchanged. */
export function currentLogStyle(): LogStyle | undefined {
  return (globalThis as { [LOG_STYLE]?: LogStyle })[LOG_STYLE];
}
