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

/** @throws {CommandError} that lists what is in the way. No file is ever replaced. */
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

/** A folder, and not a link to one: what is written there would be elsewhere. */
function isOwnFolder(path: string): boolean {
  return isDirectory(path) && !lstatSync(path).isSymbolicLink();
}

/**
 * Writes all of the site or nothing. It grows in a folder beside its place (or in it, when that exists) and
 * is moved there in one step; an error or an abort on the way removes what was made.
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
    await new Promise(setImmediate); // lets a signal in
    signal.throwIfAborted();
    // The kernel takes the umask off. The owner can write, also when the template is read-only.
    writeFileSync(join(root, path), content, { flag: 'wx', mode: mode | 0o200 });
  }
}

/** Moves the staged files into a folder that exists. On an error it is left as it was. */
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

/** A link never replaces a file, and shows it whole at once. Some file systems have none. */
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
    // Another process has put a file there, or has removed it; the first error is the one to report.
  }
}
