import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore from 'ignore';
import { statIfThere } from '../files/stat-if-there.ts';
import type { SitePlan } from './plan.ts';

/** Files that a new repository may contain before any code. They are not overwritten. */
const OF_A_NEW_REPOSITORY =
  /^(?:(?:readme|licen[cs]e|copying)(?:\.\w+)?|\.gitignore|\.gitattributes|\.editorconfig)$/i;

interface KeptFiles {
  /** The plan without the kept files. */
  readonly plan: SitePlan;
  /** The names of the kept files in the site's root. */
  readonly names: readonly string[];
  /** The entries of the template's `.gitignore` that the user's file does not have. */
  readonly unignored: readonly string[];
}

/** Removes from a plan the files that already exist in `root` and are kept. */
export function keepFiles(plan: SitePlan, root: string): KeptFiles {
  const kept = plan.files.filter(({ path }) => OF_A_NEW_REPOSITORY.test(path) && isFile(join(root, path)));
  const planned = kept.find(({ path }) => path === '.gitignore');
  return {
    plan: { ...plan, files: plan.files.filter((file) => !kept.includes(file)) },
    names: kept.map(({ path }) => path),
    unignored: planned ? missingPatterns(String(planned.content), join(root, planned.path)) : [],
  };
}

/** The pattern of the site's `.gitignore` that would exclude the project's own code from git, if there is one. */
export function ignoringPattern(plan: SitePlan, root: string, name: string): string | undefined {
  const file = join(root, '.gitignore');
  const planned = plan.files.find(({ path }) => path === '.gitignore');
  const text = isFile(file) ? readFileSync(file, 'utf8') : String(planned?.content ?? '');
  const folder = plan.directories.find((path) => path.split('/').includes(name));
  if (folder === undefined) return undefined;
  return ignore().add(text).checkIgnore(`${folder}/`).rule?.pattern;
}

function missingPatterns(text: string, file: string): readonly string[] {
  const present = ignore().add(readFileSync(file, 'utf8'));
  const patterns = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return patterns.filter((pattern) => !present.ignores(pattern.replace('*', 'x')));
}

function isFile(path: string): boolean {
  return statIfThere(path)?.isFile() ?? false;
}
