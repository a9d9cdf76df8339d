import { beforeAll, expect, test } from 'vitest';
import type { Files } from '../_temp-folder.ts';
import { type Outcome, runByUs, runNatively } from './_native.ts';

/** Tests that each project does by our loader what it does by Node. It exports its `result` from its `entry`. */
export function compare(projects: Readonly<Record<string, Files>>): void {
  let native: Record<string, Outcome>;
  const ends: (() => void)[] = [];
  beforeAll(async () => {
    native = await runNatively(projects, (end) => ends.push(end));
    return () => {
      for (const end of ends) end();
    };
  });

  test.each(Object.entries(projects))('%s', async (name, files) => {
    expect(await runByUs(files)).toEqual(native[name]);
  });
}
