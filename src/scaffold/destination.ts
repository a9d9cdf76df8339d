import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CommandError } from '../errors.ts';

/** Where a site is going to be. */
export interface Destination {
  /** The absolute path of its root. */
  readonly path: string;
  /** The outermost folder to be made: the root, or a parent of it. Undefined when the root is there already. */
  readonly firstMissing: string | undefined;
}

interface DestinationRequest {
  readonly name: string;
  /** Without one it is a new folder called `name`. */
  readonly directory?: string | undefined;
  readonly cwd: string;
  readonly home: string;
}

/** @throws {CommandError} when no folder is there, and none can be. */
export function findDestination({ name, directory, cwd, home }: DestinationRequest): Destination {
  if (directory !== undefined) {
    const path = resolve(cwd, expandHome(directory, home));
    return { path, firstMissing: findFirstMissing(path) };
  }
  const path = join(cwd, name);
  if (isPresent(path)) {
    throw new CommandError(`'${path}' exists already.`, {
      hint: 'Choose another name, or type a directory behind the name.',
    });
  }
  return { path, firstMissing: path };
}

/** A leading `~` is the home folder, also where no shell expanded it: `--template=~/x`. */
export function expandHome(path: string, home: string): string {
  return path.replace(/^~(?=$|[/\\])/, () => home);
}

/** Is anything there, be it a dangling link? */
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

/** Below a file there is nothing, which `stat` reports as an error of its own. */
function ifReachable(stat: () => Stats | undefined): Stats | undefined {
  try {
    return stat();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
