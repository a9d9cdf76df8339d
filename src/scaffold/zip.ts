import { posix } from 'node:path';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry } from 'yauzl';
import { CommandError } from '../errors.ts';
import type { TarMember } from './tar.ts';

const TYPE = 0o170000;
const FOLDER = 0o040000;
const LINK = 0o120000;
const FILE = 0o100000;

/**
 * Reads the members of a zip file into memory.
 *
 * @param name The name in messages.
 * @param most The limit of the total unpacked size in bytes. The declared sizes are not trusted.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function readZip(bytes: Buffer, name: string, most: number): Promise<readonly TarMember[]> {
  const members: TarMember[] = [];
  let left = most;
  try {
    const zip = await yauzl.fromBufferPromise(bytes);
    for await (const entry of zip.eachEntry()) {
      const { fileName: path } = entry;
      const mode = entry.externalFileAttributes >>> 16;
      const type = mode & TYPE;
      const isDirectory = path.endsWith('/');
      if (![0, FILE, LINK, FOLDER].includes(type)) throw unsupported(path, name);
      if (entry.isEncrypted()) {
        throw new CommandError(`Expected no password on '${name}', and '${path}' has one.`);
      }
      const content = isDirectory ? Buffer.alloc(0) : await contentOf(zip, entry, left);
      left -= content.length;
      if (left < 0) {
        throw new CommandError(
          `Expected a template of at most ${most / 1024 / 1024} MiB, found more in '${name}'.`,
        );
      }
      // yauzl does not verify the checksum.
      if (!isDirectory && crc32(content) !== entry.crc32) {
        throw new CommandError(`Expected '${name}' to be whole, but '${path}' in it is damaged.`);
      }
      const target = type === LINK ? posix.join(posix.dirname(path), content.toString()) : undefined;
      members.push({ path, mode: mode & 0o777, isDirectory, content, target });
    }
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const { message } = cause as Error;
    // yauzl checks the names before it returns them.
    if (/^(?:absolute path|invalid relative path|invalid characters)/.test(message)) {
      throw new CommandError(`'${name}' has a member whose path leads out of it: ${message}.`, {
        hint: 'Every path must be relative and stay inside the archive.',
        cause,
      });
    }
    throw new CommandError(
      `Expected '${name}' to be a zip file, but it is not, or it is damaged: ${message.replace(/\.$/, '')}.`,
      { cause },
    );
  }
  return members;
}

/** Reads a member up to the limit, and one byte more if it is larger. */
async function contentOf(zip: yauzl.ZipFile, entry: Entry, room: number): Promise<Buffer> {
  const blocks: Buffer[] = [];
  let length = 0;
  for await (const block of await zip.openReadStreamPromise(entry)) {
    blocks.push(block as Buffer);
    length += (block as Buffer).length;
    if (length > room) break;
  }
  return Buffer.concat(blocks);
}

function unsupported(path: string, name: string): CommandError {
  return new CommandError(`Expected files, folders and links in '${name}', found something else: '${path}'.`);
}
