import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CommandError } from '../errors.ts';
import { readMembers, type TarMember } from './tar.ts';
import type { Template, TemplateOptions } from './template.ts';

const READABLE_BY_ALL = 0o004;

/** Reads a tar archive, gzipped or not, without unpacking it anywhere. One folder around everything is dropped. */
export function readArchive(file: string, { isExcluded }: Pick<TemplateOptions, 'isExcluded'>): Template {
  const members = [...readMembers(openTar(file), file)]
    .map((member) => located(member, file))
    .filter(({ path }) => path !== '.');
  const depth = hasCommonFolder(members) ? 1 : 0;
  const directories = new Set<string>();
  const files: Template['files'][number][] = [];
  for (const { path, mode, isDirectory, content } of members) {
    const segments = path.split('/').slice(depth);
    const folders = isDirectory ? segments : segments.slice(0, -1);
    if (folders.some(isExcluded)) continue;
    for (let end = 1; end <= folders.length; end++) directories.add(folders.slice(0, end).join('/'));
    if (isDirectory) continue;
    files.push({
      path: segments.join('/'),
      // Some tools write no modes at all, or those of a private folder.
      mode: mode & READABLE_BY_ALL ? mode & 0o777 : 0o666,
      content,
    });
  }
  return { directories: [...directories], files };
}

function openTar(file: string): Buffer {
  const name = file.toLowerCase();
  if (!/\.(tar|tar\.gz|tgz)$/.test(name)) {
    throw new CommandError(`Expected --template to be a folder, .tar, .tar.gz or .tgz, got '${file}'.`, {
      hint: 'Unpack it first, and pass the folder.',
    });
  }
  const bytes = readFileSync(file);
  if (name.endsWith('.tar')) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new CommandError(`Expected '${file}' to be gzipped, but it is not, or it is damaged.`, { cause });
  }
}

/** The member with a clean relative path. Nothing may be written outside of the site. */
function located(member: TarMember, file: string): TarMember {
  const path = posix.normalize(member.path).replace(/\/$/, '');
  if (/^\/|^\.\.(\/|$)|[\\\0]|^[a-z]:/i.test(path)) {
    throw new CommandError(`Archive '${file}' contains an invalid path: '${member.path}'.`, {
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
