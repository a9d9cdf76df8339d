/** How a process lays out what it logs: on the global object, since a site may have a copy of this package of its own. */
const LOG_STYLE = Symbol.for('startproject.log-style');

interface LogStyle {
  /** An error as text of one or several lines, without a line end. It never throws. */
  error(error: unknown): string;
  /** A line as it is to be shown: broken where the terminal is too narrow for it. */
  line(text: string): string;
}

/** From here on this process logs so. */
export function setLogStyle(style: LogStyle | undefined): void {
  Object.defineProperty(globalThis, LOG_STYLE, { value: style, configurable: true });
}

/** What was set; undefined where errors are logged as their stacks, and lines as they are. */
export function currentLogStyle(): LogStyle | undefined {
  return (globalThis as { [LOG_STYLE]?: LogStyle })[LOG_STYLE];
}
