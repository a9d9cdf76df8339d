/** The maximum of unread output, some ten thousand lines. Further lines are dropped. */
const MAX_UNREAD_BYTES = 1_048_576;

type Output = NodeJS.WriteStream & { readonly fd: 1 | 2 };

/** Prints on stdout. */
export function print(text: string): void {
  printOn(process.stdout, text);
}

/** Prints on stderr. */
export function printError(text: string): void {
  printOn(process.stderr, text);
}

/** The reader of a pipe may be slow or stopped. Then output must not fill the memory. */
function printOn(output: Output, text: string): void {
  if (output.writableLength < MAX_UNREAD_BYTES) output.write(text);
}

/** Ends a command when the reader of its output, such as `head`, has closed the pipe. Other errors of the output are ignored. */
export function endWithOutput(): void {
  process.stdout.on('error', endQuietly);
  process.stderr.off('error', ignore).on('error', ignore);
}

/**
 * Lets a command continue although its output cannot be written: a server, or a command that is writing files. The pipe
 * may be closed, the disk full, or the terminal closed.
 */
export function goOnWithoutOutput(): void {
  process.stdout.off('error', endQuietly).on('error', ignore);
  process.stderr.off('error', ignore).on('error', ignore);
}

function endQuietly({ code }: NodeJS.ErrnoException): void {
  if (code === 'EPIPE') process.exit();
}

function ignore(): void {}
