/** Whether something is an Error, also one of another realm, such as a `vm` context. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
  } catch {
    return false; // A Proxy whose traps throw.
  }
}

/** A text of an error, whatever its getters do. */
export function readText(error: Error, key: 'name' | 'message' | 'stack' | 'code'): string {
  try {
    return String((error as NodeJS.ErrnoException)[key] ?? '');
  } catch {
    return `(a ${key} that cannot be read)`;
  }
}

/** The limit of each text of an error that is shown or sent. An error may carry all that a site has in memory. */
const MOST_CHARACTERS = 65_536;

/** A text of an error without its end, where it is very long. */
export function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** What an error names as its cause, if it lets itself be asked. */
export function causeOf(error: Error): unknown {
  try {
    return error.cause;
  } catch {
    return undefined; // A getter that throws.
  }
}

/** What to say of something that is not an Error: the start of a sentence. */
export function describeNoError(thrown: unknown): string {
  const shown = typeof thrown === 'string' ? `'${thrown}'` : describeThrown(thrown);
  return `${shown} was thrown, which is not an Error`;
}

/** Whatever was thrown, as text. */
export function describeThrown(thrown: unknown): string {
  if (isError(thrown)) return `${readText(thrown, 'name')}: ${readText(thrown, 'message')}`;
  try {
    if (typeof thrown !== 'object' || thrown === null) return String(thrown);
    const text = JSON.stringify(thrown);
    const isTold = text !== undefined && text !== '{}'; // A Response keeps all that it has to itself.
    return isTold ? text : `an object of class ${thrown.constructor?.name ?? 'null'}`;
  } catch {
    return 'an object'; // One that goes in a circle, or has no way to be text.
  }
}
