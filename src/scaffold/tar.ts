import { CommandError } from '../errors.ts';

/** A file or folder of a tar archive, by the name that it was given there. */
export interface TarMember {
  readonly path: string;
  readonly mode: number;
  readonly isDirectory: boolean;
  readonly content: Buffer;
}

const BLOCK = 512;
const LINK_TYPES = '12';

/**
 * The members of a POSIX archive with the long names of pax and GNU.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function* readMembers(tar: Buffer, file: string): Generator<TarMember> {
  if (tar.length < BLOCK) throw damaged(file);
  let longName: string | undefined;
  for (let offset = 0; offset + BLOCK <= tar.length && tar[offset] !== 0; ) {
    const header = tar.subarray(offset, offset + BLOCK);
    if (readOctal(header, 148, 8) !== checksum(header)) throw damaged(file);
    const start = offset + BLOCK;
    const size = readOctal(header, 124, 12);
    const content = tar.subarray(start, start + size);
    if (content.length !== size) throw damaged(file);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;

    const type = String.fromCharCode(header[156]!);
    if (type === 'x') {
      longName = paxPath(content) ?? longName;
    } else if (type === 'L') {
      longName = readString(content, 0, size);
    } else if (type !== 'g') {
      const path = longName ?? headerPath(header);
      longName = undefined;
      if (!'057\0'.includes(type)) throw unsupported(path, type, file);
      yield {
        path,
        mode: readOctal(header, 100, 8),
        isDirectory: type === '5' || path.endsWith('/'),
        content,
      };
    }
  }
}

function headerPath(header: Buffer): string {
  const name = readString(header, 0, 100);
  // GNU tar keeps other things where POSIX has the prefix.
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? readString(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Records are `length key=value\n`, where the length counts the whole record in bytes. */
function paxPath(content: Buffer): string | undefined {
  for (let offset = 0; offset < content.length; ) {
    const length = Number.parseInt(content.toString('latin1', offset, offset + 20), 10);
    if (!(length > 0)) return undefined;
    const record = content.toString('utf8', offset, offset + length - 1);
    const [, key, value] = /^\d+ ([^=]+)=(.*)$/s.exec(record) ?? [];
    if (key === 'path') return value;
    offset += length;
  }
  return undefined;
}

function readString(bytes: Buffer, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

function readOctal(bytes: Buffer, start: number, length: number): number {
  return Number.parseInt(readString(bytes, start, length).trim(), 8) || 0;
}

/** The sum of the header's bytes, with its own field read as spaces. */
function checksum(header: Buffer): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);
}

function damaged(file: string): CommandError {
  return new CommandError(`Expected '${file}' to be a tar archive, but it is not, or it is damaged.`);
}

function unsupported(path: string, type: string, file: string): CommandError {
  const kind = LINK_TYPES.includes(type) ? 'a link' : `an entry of type '${type}'`;
  return new CommandError(`Expected files and folders in '${file}', found ${kind}: '${path}'.`, {
    hint: 'Pack a copy in its place.',
  });
}
