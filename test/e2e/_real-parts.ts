import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'vitest';

/** Something real that a test needs and not every machine has. `.ci/run` installs them all. */
export interface RealPart {
  readonly name: string;
  /** The program, when it is there. */
  readonly file: string | undefined;
  readonly remedy: string;
}

export const CHROMIUM: RealPart = {
  name: 'Chromium',
  file: findOnPath('chromium'),
  remedy: 'put `chromium` on the PATH',
};

export const NODE_22: RealPart = {
  name: 'Node 22.18 or later',
  file: process.env.STARTPROJECT_TEST_NODE_22,
  remedy: 'let STARTPROJECT_TEST_NODE_22 be the path of its `node`',
};

export const PYTHON: RealPart = {
  name: 'Python 3',
  file: findOnPath('python3'),
  remedy: 'put `python3` on the PATH',
};

/** Groups tests that need the part. Without it they are skipped, or one fails where every part is required. */
export function describeWith({ name, file, remedy }: RealPart, tests: (file: string) => void): void {
  if (file === undefined && process.env.STARTPROJECT_TEST_REQUIRE_ALL) {
    test(`${name} is there`, () => {
      throw new Error(`STARTPROJECT_TEST_REQUIRE_ALL is set, and there is no ${name}: ${remedy}.`);
    });
    return;
  }
  describe.skipIf(file === undefined)(`with ${name}`, () => tests(file ?? ''));
}

function findOnPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
}
