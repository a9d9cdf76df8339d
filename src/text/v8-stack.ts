/** A line of V8's text of a stack that is a frame. */
export const FRAME_LINE = /^\s+at /;

/**
 * The lines of a stack after the message. The message itself may have lines in the form of frames, from a client say.
 *
 * @param message As it is now.
 */
export function stackLines(stack: string, message: string): readonly string[] {
  const start = message === '' ? -1 : stack.indexOf(message);
  const isHeading = start >= 0 && !stack.slice(0, start).includes('\n');
  if (isHeading) return stack.slice(start + message.length).split('\n');
  // The message, or the name, is another than it was when the error was made: only what ends the stack is sure.
  const lines = stack.trimEnd().split('\n');
  return lines.slice(lines.findLastIndex((line) => !FRAME_LINE.test(line)) + 1);
}
