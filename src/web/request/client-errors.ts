const clientErrors = new WeakSet<object>();

/** Reads a body as something that it may not be: then the error counts as the client's fault. */
export async function readAsSent<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    // Still the standard's error, which a view may expect.
    if (error instanceof TypeError || error instanceof SyntaxError) clientErrors.add(error);
    throw error;
  }
}

/** Whether an error was caused by a malformed body. */
export function isClientError(error: object): boolean {
  return clientErrors.has(error);
}
