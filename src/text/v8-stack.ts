/** Matches a frame in V8's text of a stack. */
export const FRAME_LINE = /^\s+at /;

/**
 * The lines of a stack after the message. The message itself may contain lines that look like frames, for example from
 * a client.
 *
 * @param message The current message of the error.
 */
export function stackLines(stack: string, message: string): readonly string[] {
  const start = message === '' ? -1 : stack.indexOf(message);
  const isHeading = start >= 0 && !stack.slice(0, start).includes('\n');
  if (isHeading) return stack.slice(start + message.length).split('\n');
  // The message or the name was changed after the error was made. So only the last lines are certain to be frames.
  const lines = stack.trimEnd().split('\n');
  return lines.slice(lines.findLastIndex((line) => !FRAME_LINE.test(line)) + 1);
}
