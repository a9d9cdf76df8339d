import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly path: string;
  readonly content?: string | Buffer;
  /** With the type of the file, as Unix has it. */
  readonly mode?: number;
  /** What the entry says of its size. @default the truth */
  readonly size?: number;
  /** Its CRC-32. @default the truth */
  readonly checksum?: number;
}

const DEFLATED = 8;
const BY_UNIX = 3 << 8;

/** A zip file, as APPNOTE.TXT 4.3 has it: the entries, the central directory, its end. */
export function zipOf(...entries: readonly ZipEntry[]): Buffer {
  const blocks: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, content = '', mode = 0o100644, size, checksum } of entries) {
    const [name, plain] = [Buffer.from(path), Buffer.from(content)];
    const packed = deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2); // the name is in UTF-8
    common.writeUInt16LE(DEFLATED, 4);
    common.writeUInt32LE(checksum ?? crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size ?? plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(mode * 0x10000, 6);
    tail.writeUInt32LE(offset, 10);
    const version = Buffer.alloc(2);
    version.writeUInt16LE(BY_UNIX | 20);
    directory.push(Buffer.from('PK\x01\x02'), version, common, tail, name);
    blocks.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...blocks, listed, end]);
}
