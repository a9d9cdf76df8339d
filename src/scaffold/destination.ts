import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CommandError } from '../errors.ts';

/** The destination of a site. */
export interface Destination {
  /** The absolute path of its root. */
  readonly path: string;
  /** The outermost folder to create: the root, or a parent of it. Undefined if the root already exists. */
  readonly firstMissing: string | undefined;
}

interface DestinationRequest {
  readonly name: string;
  /** The folder. @default a new folder called `name` */
  readonly directory?: string | undefined;
  readonly cwd: string;
  readonly home: string;
}

/** @throws {CommandError} if there is no folder, and none can be created. */
export function findDestination({ name, directory, cwd, home }: DestinationRequest): Destination {
  if (directory !== undefined) {
    const path = resolve(cwd, expandHome(directory, home));
    return { path, firstMissing: findFirstMissing(path) };
  }
  const path = join(cwd, name);
  if (isPresent(path)) {
    throw new CommandError(`'${path}' exists already.`, {
      hint: `Choose another name, or give a folder after the name: ${name} other-folder`,
    });
  }
  return { path, firstMissing: path };
}

/** Replaces a leading `~` by the home folder. A shell does not do so in `--template=~/x`. */
export function expandHome(path: string, home: string): string {
  return path.replace(/^~(?=$|[/\\])/, () => home);
}

/** Whether anything exists at a path, even a dangling link. */
export function isPresent(path: string): boolean {
  return ifReachable(() => lstatSync(path, { throwIfNoEntry: false })) !== undefined;
}

export function isDirectory(path: string): boolean {
  return ifReachable(() => statSync(path, { throwIfNoEntry: false }))?.isDirectory() ?? false;
}

function findFirstMissing(path: string): string | undefined {
  let firstMissing: string | undefined;
  for (let current = path; !isDirectory(current); current = dirname(current)) {
    if (isPresent(current)) throw notADirectory(current, path);
    if (current === dirname(current)) throw new CommandError(`'${current}' does not exist.`);
    firstMissing = current;
  }
  return firstMissing;
}

function notADirectory(obstacle: string, path: string): CommandError {
  const kind = lstatSync(obstacle).isSymbolicLink() ? 'a link to nothing' : 'a file';
  const place = obstacle === path ? '' : `, so that '${path}' cannot be made`;
  return new CommandError(`Expected a folder at '${obstacle}', found ${kind}${place}.`, {
    hint: 'Choose another directory.',
  });
}

/** Treats the error of `stat` for a path below a file as "does not exist". */
function ifReachable(stat: () => Stats | undefined): Stats | undefined {
  try {
    return stat();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
