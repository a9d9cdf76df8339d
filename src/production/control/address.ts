/** The server of a control channel. The name of its socket contains these parts, so that clients find it. */
export interface ServerAddress {
  readonly pid: number;
  /** Tells the project; other users need not know its path. */
  readonly rootKey: string;
  /** The name from `--control`. */
  readonly name?: string;
}

/** The room in `sockaddr_un` after the zero byte that begins an abstract name. */
const ABSTRACT_NAME_LENGTH = 107;

export function rootKey(root: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto'); // not loaded before the server serves
  return createHash('sha256').update(root).digest('hex').slice(0, 16);
}

/** The name of an abstract socket, without the zero before it. Node 20 fills it up with zeros, later ones do not: none is to be filled. */
export function abstractName({ pid, rootKey, name = '' }: ServerAddress): string {
  return `startproject/runwsgi/${pid}/${rootKey}/${name}/`.padEnd(ABSTRACT_NAME_LENGTH, '.');
}

/** @returns undefined for a socket of something else */
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
