/** Whether a value is an Error, including one of another realm, such as a `vm` context. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
  } catch {
    return false; // A Proxy with traps that throw.
  }
}

/** A text of an error, even if its getters throw. */
export function readText(error: Error, key: 'name' | 'message' | 'stack' | 'code'): string {
  try {
    return String((error as NodeJS.ErrnoException)[key] ?? '');
  } catch {
    return `(a ${key} that cannot be read)`;
  }
}

/** The limit for each shown or sent text of an error, since an error may contain any amount of data. */
const MOST_CHARACTERS = 65_536;

/** A text of an error, cut if it is very long. */
export function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** The cause of an error, unless reading it throws. */
export function causeOf(error: Error): unknown {
  try {
    return error.cause;
  } catch {
    return undefined; // A getter that throws.
  }
}

/** Describes a thrown value that is not an Error, as the start of a sentence. */
export function describeNoError(thrown: unknown): string {
  const shown = typeof thrown === 'string' ? `'${thrown}'` : describeThrown(thrown);
  return `${shown} was thrown, which is not an Error`;
}

/** Any thrown value as text. */
export function describeThrown(thrown: unknown): string {
  if (isError(thrown)) return `${readText(thrown, 'name')}: ${readText(thrown, 'message')}`;
  try {
    if (typeof thrown !== 'object' || thrown === null) return String(thrown);
    const text = JSON.stringify(thrown);
    const isTold = text !== undefined && text !== '{}'; // JSON shows nothing of a Response, since its data is private.
    return isTold ? text : `an object of class ${thrown.constructor?.name ?? 'null'}`;
  } catch {
    return 'an object'; // The object is circular, or cannot be converted to JSON.
  }
}
