import { readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CommandError } from '../errors.ts';
import { readMembers, type TarMember } from './tar.ts';
import type { Template, TemplateOptions } from './template-files.ts';

const READABLE_BY_ALL = 0o004;

/** The limit of the unpacked size, since a small file may unpack to gigabytes. No template is that large. */
const MAX_UNPACKED_MIB = 256;
const MIB = 1024 * 1024;
const MAX_MEMBERS = 10_000;

const ZIP = Buffer.from('PK');
const GZIP = Buffer.from([0x1f, 0x8b]);

/** The same limit as on Linux. A link that leads to itself exceeds it. */
const MAX_LINKS = 40;

/**
 * Reads a tar archive, gzipped or not, without unpacking it to a disk. If one folder contains everything, it is
 * omitted. A link to a file of the archive becomes a copy of that file.
 */
export function readArchive(file: string, options: Pick<TemplateOptions, 'isExcluded'>): Template {
  return templateOf(readMembers(openTar(file), file), file, options);
}

/**
 * Reads an archive in memory, a zip or tar file. The format is recognized by the first bytes or by the name.
 *
 * @param name The name in messages.
 */
export async function readArchiveBytes(
  bytes: Buffer,
  name: string,
  options: Pick<TemplateOptions, 'isExcluded'>,
): Promise<Template> {
  const isGzip = bytes.subarray(0, 2).equals(GZIP);
  if (bytes.subarray(0, 2).equals(ZIP) || (/\.zip$/i.test(name) && !isGzip)) {
    const { readZip } = await import('./zip.ts');
    return templateOf(await readZip(bytes, name, MAX_UNPACKED_MIB * MIB), name, options);
  }
  const tar = isGzip ? gunzip(bytes, name) : bytes;
  return templateOf(readMembers(tar, name), name, options);
}

function templateOf(
  given: Iterable<TarMember>,
  file: string,
  { isExcluded }: Pick<TemplateOptions, 'isExcluded'>,
): Template {
  const members: TarMember[] = [];
  for (const member of given) {
    if (members.length === MAX_MEMBERS) {
      throw new CommandError(
        `Expected a template of at most ${MAX_MEMBERS} files and folders, found more in '${file}'.`,
      );
    }
    const clean = located(member, file);
    if (clean.path !== '.') members.push(clean);
  }
  const depth = hasCommonFolder(members) ? 1 : 0;
  const directories = new Set<string>();
  const files: Template['files'][number][] = [];
  const byPath = new Map(members.map((member) => [member.path, member]));
  for (const member of members) {
    const { path, isDirectory } = member;
    const segments = path.split('/').slice(depth);
    const folders = isDirectory ? segments : segments.slice(0, -1);
    if (folders.some(isExcluded)) continue;
    for (let end = 1; end <= folders.length; end++) directories.add(folders.slice(0, end).join('/'));
    if (isDirectory) continue;
    const { mode, content } = followLinks(member, byPath, file);
    files.push({
      path: segments.join('/'),
      // Some tools write no modes, or the modes of a private folder.
      mode: mode & READABLE_BY_ALL ? mode & 0o777 : 0o666,
      content,
    });
  }
  return { directories: [...directories], files };
}

function openTar(file: string): Buffer {
  const name = file.toLowerCase();
  if (!/\.(tar|tar\.gz|tgz)$/.test(name)) {
    throw new CommandError(
      `Expected --template to be a folder, .tar, .tar.gz, .tgz or .zip, got '${file}'.`,
      {
        hint: 'Unpack it first, and pass the folder.',
      },
    );
  }
  if (name.endsWith('.tar')) {
    if (statSync(file).size > MAX_UNPACKED_MIB * MIB) throw templateTooLarge(file);
    return readFileSync(file);
  }
  return gunzip(readFileSync(file), file);
}

function gunzip(bytes: Buffer, file: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_MIB * MIB });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw templateTooLarge(file, cause);
    throw new CommandError(`Expected '${file}' to be gzipped, but it is not, or it is damaged.`, { cause });
  }
}

function templateTooLarge(file: string, cause?: unknown): CommandError {
  return new CommandError(
    `Expected a template of at most ${MAX_UNPACKED_MIB} MiB, found more in '${file}'.`,
    {
      hint: 'Unpack it, and pass the folder.',
      cause,
    },
  );
}

/** @throws {CommandError} if a link leads out of the archive, to a folder, or to nothing. */
function followLinks(
  member: TarMember,
  byPath: ReadonlyMap<string, TarMember>,
  file: string,
): Pick<TarMember, 'mode' | 'content'> {
  let current: TarMember | undefined = member;
  for (let links = 0; current?.target !== undefined && links < MAX_LINKS; links++)
    current = byPath.get(current.target);
  if (current !== undefined && current.target === undefined && !current.isDirectory) return current;
  throw new CommandError(
    `Expected the link '${member.path}' in '${file}' to lead to a file of the template, got '${member.target}'.`,
    { hint: 'Pack a copy in its place.' },
  );
}

/** The member with a normalized relative path, since nothing may be written outside of the site. */
function located(member: TarMember, file: string): TarMember {
  const path = posix.normalize(member.path).replace(/\/$/, '');
  if (/^\/|^\.\.(\/|$)|[\\\0]|^[a-z]:/i.test(path)) {
    throw new CommandError(`'${file}' has a member whose path leads out of it: '${member.path}'.`, {
      hint: 'Every path must be relative and stay inside the archive.',
    });
  }
  return { ...member, path };
}

function hasCommonFolder(members: readonly TarMember[]): boolean {
  const [first] = members[0]?.path.split('/') ?? [];
  return members.every(({ path, isDirectory }) =>
    isDirectory ? path === first || path.startsWith(`${first}/`) : path.startsWith(`${first}/`),
  );
}
