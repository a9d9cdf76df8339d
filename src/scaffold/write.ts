import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CommandError } from '../errors.ts';
import { type Destination, isDirectory, isPresent } from './destination.ts';
import type { SitePlan } from './plan.ts';

/** @throws {CommandError} that lists conflicting files. No file is ever replaced. */
export function checkConflicts(plan: SitePlan, { path: root, firstMissing }: Destination): void {
  if (firstMissing !== undefined) return;
  const conflicts = [
    ...plan.directories.filter((path) => isPresent(join(root, path)) && !isOwnFolder(join(root, path))),
    ...plan.files.map(({ path }) => path).filter((path) => isPresent(join(root, path))),
  ];
  if (conflicts.length === 0) return;
  throw new CommandError(
    `Expected none of the site's files in '${root}', found ${conflicts.map((path) => shown(root, path)).join(', ')}.`,
    {
      hint: 'Files are never replaced: move them away, or choose another directory.',
    },
  );
}

function shown(root: string, path: string): string {
  return lstatSync(join(root, path)).isSymbolicLink() ? `${path} (a link)` : path;
}

/** Whether it is a folder and not a link to one, since files in a linked folder would be written elsewhere. */
function isOwnFolder(path: string): boolean {
  return isDirectory(path) && !lstatSync(path).isSymbolicLink();
}

/**
 * Writes the whole site or nothing. The site is written to a temporary folder beside its destination (or in it, if that
 * exists) and then moved in one step. After an error or an abort, everything that was written is removed.
 */
export async function writeSite(
  plan: SitePlan,
  destination: Destination,
  signal: AbortSignal,
): Promise<void> {
  const { path, firstMissing } = destination;
  const stage = join(
    firstMissing ? dirname(firstMissing) : path,
    `.startproject-${randomBytes(4).toString('hex')}`,
  );
  const root = join(stage, relative(firstMissing ?? path, path));
  mkdirSync(stage);
  try {
    await fill(root, plan, signal);
    if (firstMissing) renameSync(stage, firstMissing);
    else overlay(stage, path, plan);
  } catch (error) {
    rmSync(stage, { recursive: true, force: true });
    throw error;
  }
}

async function fill(root: string, plan: SitePlan, signal: AbortSignal): Promise<void> {
  mkdirSync(root, { recursive: true });
  for (const path of plan.directories) mkdirSync(join(root, path));
  for (const { path, mode, content } of plan.files) {
    await new Promise(setImmediate); // Lets a signal be handled.
    signal.throwIfAborted();
    // The kernel applies the umask. The owner may always write, even if the template is read-only.
    writeFileSync(join(root, path), content, { flag: 'wx', mode: mode | 0o200 });
  }
}

/** Moves the files into an existing folder. On an error, the folder is restored. */
function overlay(stage: string, root: string, plan: SitePlan): void {
  const undo: (() => void)[] = [];
  try {
    for (const path of plan.directories) {
      const directory = join(root, path);
      if (isOwnFolder(directory)) continue;
      mkdirSync(directory);
      undo.push(() => rmdirSync(directory));
    }
    for (const { path } of plan.files) {
      const file = join(root, path);
      placeExclusively(join(stage, path), file);
      undo.push(() => unlinkSync(file));
    }
  } catch (error) {
    for (const step of undo.reverse()) attempt(step);
    throw error;
  }
  rmSync(stage, { recursive: true });
}

/** A link never replaces a file, and the complete file appears in one step. Some file systems have no links. */
function placeExclusively(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // Another process has put a file there, or has removed it. The first error is the one that is reported.
  }
}
