import { posix } from 'node:path';
import { CommandError } from '../errors.ts';

/** A file or folder of a tar archive, with its name in the archive. */
export interface TarMember {
  readonly path: string;
  readonly mode: number;
  readonly isDirectory: boolean;
  readonly content: Buffer;
  /** For a link: the path of its target, relative to the root of the archive. */
  readonly target: string | undefined;
}

const BLOCK = 512;
const HARD_LINK = '1';
const SYMBOLIC_LINK = '2';

/**
 * The members of a POSIX archive with the long names of pax and GNU.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function* readMembers(tar: Buffer, file: string): Generator<TarMember> {
  if (tar.length < BLOCK) throw damaged(file);
  let longName: string | undefined;
  let longTarget: string | undefined;
  let offset = 0;
  while (offset + BLOCK <= tar.length && tar[offset] !== 0) {
    const header = tar.subarray(offset, offset + BLOCK);
    if (readOctal(header, 148, 8) !== checksum(header)) throw damaged(file);
    const start = offset + BLOCK;
    const size = readOctal(header, 124, 12);
    const content = tar.subarray(start, start + size);
    if (content.length !== size) throw damaged(file);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;

    const type = String.fromCharCode(header[156]!);
    if (type === 'x') {
      const records = paxRecords(content);
      longName = records.get('path') ?? longName;
      longTarget = records.get('linkpath') ?? longTarget;
    } else if (type === 'L') {
      longName = readString(content, 0, size);
    } else if (type === 'K') {
      longTarget = readString(content, 0, size);
    } else if (type !== 'g') {
      const path = longName ?? headerPath(header);
      const link = longTarget ?? readString(header, 157, 100);
      longName = undefined;
      longTarget = undefined;
      if (!`057\0${HARD_LINK}${SYMBOLIC_LINK}`.includes(type)) throw unsupported(path, type, file);
      yield {
        path,
        mode: readOctal(header, 100, 8),
        isDirectory: type === '5' || path.endsWith('/'),
        content,
        target: targetOf(type, path, link),
      };
    }
  }
  // An archive ends with blocks of zeros. Without them it is incomplete, possibly cut between two members.
  if (offset === 0 || offset + BLOCK > tar.length) throw damaged(file);
}

/** The target of a hard link is relative to the root of the archive, that of a symbolic link to its own folder. */
function targetOf(type: string, path: string, link: string): string | undefined {
  if (type === HARD_LINK) return posix.normalize(link);
  if (type !== SYMBOLIC_LINK) return undefined;
  return posix.isAbsolute(link) ? link : posix.join(posix.dirname(path), link);
}

function headerPath(header: Buffer): string {
  const name = readString(header, 0, 100);
  // GNU tar stores other data in the field that is the prefix in POSIX.
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? readString(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Records are `length key=value\n`, where the length counts the whole record in bytes. */
function paxRecords(content: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let offset = 0; offset < content.length; ) {
    const length = Number.parseInt(content.toString('latin1', offset, offset + 20), 10);
    if (!(length > 0)) break;
    const record = content.toString('utf8', offset, offset + length - 1);
    const [, key, value] = /^\d+ ([^=]+)=(.*)$/s.exec(record) ?? [];
    if (key !== undefined) records.set(key, value!);
    offset += length;
  }
  return records;
}

function readString(bytes: Buffer, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

function readOctal(bytes: Buffer, start: number, length: number): number {
  return Number.parseInt(readString(bytes, start, length).trim(), 8) || 0;
}

/** The sum of the header's bytes, with the checksum field read as spaces. */
function checksum(header: Buffer): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);
}

function damaged(file: string): CommandError {
  return new CommandError(`Expected '${file}' to be a tar archive, but it is not, or it is damaged.`);
}

function unsupported(path: string, type: string, file: string): CommandError {
  return new CommandError(
    `Expected files and folders in '${file}', found an entry of type '${type}': '${path}'.`,
    { hint: 'Pack a copy in its place.' },
  );
}
