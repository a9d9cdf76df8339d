import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../errors.ts';
import { isInside } from '../files/shown-path.ts';
import { expandHome } from './destination.ts';
import type { Template, TemplateFile, TemplateOptions } from './template-files.ts';

/** Opens a folder, an archive (tar or zip), or the URL of one: `file://`, `http://`, `https://`. */
export async function openTemplate(source: string, options: TemplateOptions): Promise<Template> {
  if (/^https?:/i.test(source)) {
    const [{ download }, { readArchiveBytes }] = await Promise.all([
      import('./download.ts'),
      import('./archive.ts'),
    ]);
    return readArchiveBytes(await download(source), source, options);
  }
  const path = locate(source, options);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return readDirectory(path, options);
  if (stats?.isFile()) {
    const { readArchive, readArchiveBytes } = await import('./archive.ts');
    const isZip = path.toLowerCase().endsWith('.zip');
    return isZip ? readArchiveBytes(readFileSync(path), path, options) : readArchive(path, options);
  }
  if (/^[a-z][a-z\d+.-]+:/i.test(source)) {
    throw new CommandError(`Expected --template to be on this machine, got '${source}'.`, {
      hint: 'Download it first (curl -LO URL), and pass the folder or the .tar.gz file.',
    });
  }
  throw new CommandError(`Expected --template to be a folder or an archive, found nothing at '${path}'.`);
}

function locate(source: string, { cwd, home }: TemplateOptions): string {
  if (!/^file:/i.test(source)) return resolve(cwd, expandHome(source, home));
  try {
    return fileURLToPath(source);
  } catch (cause) {
    throw new CommandError(`Expected --template to be like file:///absolute/path, got '${source}'.`, {
      cause,
    });
  }
}

function readDirectory(root: string, { isExcluded }: TemplateOptions): Template {
  const directories: string[] = [];
  const files: TemplateFile[] = [];
  function walk(directory: string): void {
    for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (!entry.isDirectory()) {
        files.push(readFile(root, path));
      } else if (!isExcluded(entry.name)) {
        directories.push(path);
        walk(path);
      }
    }
  }
  walk('');
  return { directories, files };
}

/** A link to a file of the template is read as that file, as in an archive. */
function readFile(root: string, path: string): TemplateFile {
  const file = join(root, path);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile() || !isInside(realpathSync(file), realpathSync(root))) {
    throw new CommandError(`Expected files and folders in the template, found something else at '${file}'.`, {
      hint: 'A link may lead to a file of the template only: put a copy in its place.',
    });
  }
  return { path, mode: stats.mode & 0o777, content: readFileSync(file) };
}
