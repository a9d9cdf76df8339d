/** How a process lays out what it logs: on the global object, since a site may have a copy of this package of its own. */
const LOG_STYLE = Symbol.for('startproject.log-style');

interface LogStyle {
  /** An error as text of one or several lines, without a line end. It never throws. */
  error(error: unknown): string;
  /** Formats a line: it is wrapped where the terminal is too narrow. */
  line(text: string): string;
}

/** Sets the style of this process. */
export function setLogStyle(style: LogStyle | undefined): void {
  Object.defineProperty(globalThis, LOG_STYLE, { value: style, configurable: true });
}

/** The style; undefined where errors are logged as stacks, and lines without changes. */
export function currentLogStyle(): LogStyle | undefined {
  return (globalThis as { [LOG_STYLE]?: LogStyle })[LOG_STYLE];
}
