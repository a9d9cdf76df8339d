export interface TarEntry {
  readonly path: string;
  readonly content?: string;
  readonly mode?: number;
  /** As in the header: '0' is a file, '2' a link, '5' a folder. */
  readonly type?: string;
  /** The target of a link. */
  readonly link?: string;
}

/** An archive with just these entries, also such as no honest tool would make. */
export function tarOf(...entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1024)]);
}

function blocksOf({ path, content = '', mode = 0o644, type = '0', link = '' }: TarEntry): Buffer[] {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(mode.toString(8).padStart(7, '0'), 100);
  header.write(body.length.toString(8).padStart(11, '0'), 124);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0`, 148);
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}
