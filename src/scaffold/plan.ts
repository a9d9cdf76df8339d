import { posix } from 'node:path';
import { CommandError } from '../errors.ts';
import type { Context } from './context.ts';
import type { Template, TemplateFile } from './template-files.ts';

/** The folders and files of a site, parents first. Paths are relative and have forward slashes. */
export interface SitePlan {
  readonly directories: readonly string[];
  readonly files: readonly SiteFile[];
}

interface SiteFile {
  readonly path: string;
  readonly mode: number;
  readonly content: string | Buffer;
}

interface Rendering {
  readonly context: Context;
  /** Files whose names end with one of these are rendered, and so are the files in `fileNames`. */
  readonly extensions: readonly string[];
  readonly fileNames: readonly string[];
}

/** Plans the folders and files of a site from a template. */
export function planSite(template: Template, rendering: Rendering): SitePlan {
  const files = template.files.map((file) => planFile(file, rendering));
  const directories = new Set(template.directories.map((path) => renderPath(path, rendering.context)));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const duplicate = files.find(({ path }, index) => path === files[index + 1]?.path);
  if (duplicate) throw new CommandError(`Two files of the template would become '${duplicate.path}'.`);
  return { directories: [...directories].sort(), files };
}

function planFile(file: TemplateFile, { context, extensions, fileNames }: Rendering): SiteFile {
  const path = renderPath(file.path, context)
    .replace(/\.ts-tpl$/, '.ts')
    // npm does not publish a file called .gitignore.
    .replace(/(^|\/)_gitignore$/, '$1.gitignore');
  const isRendered =
    extensions.some((extension) => path.endsWith(extension)) || fileNames.includes(posix.basename(file.path));
  return {
    path,
    mode: file.mode,
    content: isRendered ? renderContent(file.content, context) : file.content,
  };
}

function renderPath(path: string, context: Context): string {
  return path.replaceAll('project_name', () => context.project_name!);
}

/** Replaces `{{ variable }}`. Unknown variables and binary content stay unchanged. */
function renderContent(content: Buffer, context: Context): string | Buffer {
  const text = content.toString();
  if (!Buffer.from(text).equals(content)) return content;
  return text.replace(/\{\{ *(\w+) *\}\}/g, (match, name) =>
    Object.hasOwn(context, name) ? context[name]! : match,
  );
}
