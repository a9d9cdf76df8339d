import { chownSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { logTarget, makeLogFile, shownTarget } from '../../../src/production/logs/log-target.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const NOBODY = { uid: 65_534, gid: 65_534 };

test('a hyphen and the devices are our own outputs', () => {
  expect(['-', '/dev/stdout', '/dev/stderr', '/dev/null'].map((setting) => logTarget(setting, 1))).toEqual([
    1,
    1,
    2,
    '/dev/null',
  ]);
  expect([1, 2, '/a.log'].map((target) => shownTarget(target as 1 | 2 | string))).toEqual([
    'stdout',
    'stderr',
    "'/a.log'",
  ]);
});

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  test('a file that is made for others is theirs', () => {
    const file = path.join(temporaryFolder(), 'access.log');
    makeLogFile(file, NOBODY);
    expect(statSync(file)).toMatchObject(NOBODY);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  test('a file that is there keeps its owner, also behind a link that others have put there', () => {
    const folder = temporaryFolder({ shadow: 'secret' });
    const file = path.join(folder, 'shadow');
    symlinkSync('shadow', path.join(folder, 'access.log'));
    symlinkSync('nothing', path.join(folder, 'other.log'));
    for (const name of ['shadow', 'access.log', 'other.log']) makeLogFile(path.join(folder, name), NOBODY);
    expect(statSync(file)).toMatchObject({ uid: 0, gid: 0 });
    expect(statSync(path.join(folder, 'nothing'))).toMatchObject({ uid: 0, gid: 0 });
    expect(readFileSync(file, 'utf8')).toBe('secret');
    chownSync(file, NOBODY.uid, NOBODY.gid);
    makeLogFile(file, { uid: 0, gid: 0 });
    expect(statSync(file)).toMatchObject(NOBODY);
  });
});
