import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readSecret, Secret } from '../../../src/production/control/secret.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

describe.runIf(process.platform === 'linux')('the secret of a process', () => {
  test('is in what Linux shows of the process, and in nothing else', () => {
    const secret = create();
    const text = readSecret(process.pid, secret.descriptors);
    expect(text).toMatch(/^(\d+-){7}\d+$/);
    expect(secret.matches(text)).toBe(true);
    expect(JSON.stringify(secret)).not.toContain(text);
  });

  test.each([undefined, null, 1, '', '0-0-0-0-0-0-0-0', ['1'], 'é'.repeat(20)])('is not %j', (guess) => {
    expect(create().matches(guess)).toBe(false);
  });

  test('is another one each time', () => {
    const texts = Array.from({ length: 20 }, () => readSecret(process.pid, create().descriptors));
    expect(new Set(texts).size).toBe(20);
  });

  test('is not for the processes that this one starts', () => {
    const names = create().descriptors.map((descriptor) => `/proc/self/fd/${descriptor}`);
    const { stdout } = spawnSync('readlink', names, { encoding: 'utf8' });
    expect(stdout).not.toContain(process.execPath);
  });

  test('is none of a file that does not give positions, and leaves no descriptor open', () => {
    const { file, missing } = { file: temporaryFolder({ empty: '' }), missing: '/none' };
    const before = readdirSync('/proc/self/fd').length;
    expect(Secret.create(`${file}/empty`)).toBeUndefined();
    expect(Secret.create(missing)).toBeUndefined();
    expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  });
});

function create(): Secret {
  const secret = Secret.create()!;
  onTestFinished(() => secret.close());
  return secret;
}
