/**
 * Identifies the server of a control channel. The name of its socket contains these parts, so that clients can find it.
 */
export interface ServerAddress {
  readonly pid: number;
  /** A hash of the project's path. Other users do not need to know the path. */
  readonly rootKey: string;
  /** The name from `--control`. */
  readonly name?: string;
}

/** The space in `sockaddr_un` for an abstract name, after its first zero byte. */
const ABSTRACT_NAME_LENGTH = 107;

export function rootKey(root: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto'); // Not loaded before the server serves.
  return createHash('sha256').update(root).digest('hex').slice(0, 16);
}

/**
 * The name of an abstract socket, without its first zero byte. The name has the maximum length, since Node 20 pads
 * shorter names with zeros, and later versions do not.
 */
export function abstractName({ pid, rootKey, name = '' }: ServerAddress): string {
  return `startproject/runwsgi/${pid}/${rootKey}/${name}/`.padEnd(ABSTRACT_NAME_LENGTH, '.');
}

/** @returns undefined for a socket of another program */
export function parseAbstractName(text: string): ServerAddress | undefined {
  return addressIn(/^startproject\/runwsgi\/(\d+)\/([0-9a-f]{16})\/([\w.-]*)\/\.*$/.exec(text));
}

export function socketFileName({ pid, rootKey, name = '' }: ServerAddress): string {
  return `runwsgi-${pid}-${rootKey}-${name}.control`;
}

/** @returns undefined for any other file */
export function parseSocketFileName(text: string): ServerAddress | undefined {
  return addressIn(/^runwsgi-(\d+)-([0-9a-f]{16})-([\w.-]*)\.control$/.exec(text));
}

function addressIn(match: RegExpExecArray | null): ServerAddress | undefined {
  if (match === null) return undefined;
  const [, pid, rootKey, name] = match;
  return { pid: Number(pid), rootKey: rootKey!, ...(name && { name }) };
}
