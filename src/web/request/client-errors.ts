const clientErrors = new WeakSet<object>();

/** Parses a body in a format that the client may have violated. Such an error counts as the client's fault. */
export async function readAsSent<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    // The error stays the one that the standard requires, since a view may expect it.
    if (error instanceof TypeError || error instanceof SyntaxError) clientErrors.add(error);
    throw error;
  }
}

/** Whether an error was caused by a malformed body. */
export function isClientError(error: object): boolean {
  return clientErrors.has(error);
}
