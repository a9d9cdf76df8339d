import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

/** Of the table in `dev-keys.ts`. */
const KEYS = [...read('src/cli/terminal/dev-keys.ts').matchAll(/\{ key: '(\w)'/g)].map(([, key]) => key!);

test('docs/terminal.md has all keys that there are, and no other', () => {
  const documented = [...read('docs/terminal.md').matchAll(/^\| `(\w)` \|/gm)].map(([, key]) => key);
  expect(documented.toSorted()).toEqual(KEYS.toSorted());
});

test('runserver --help names all keys', () => {
  const [, help] = /const HELP = `([^`]+)`/.exec(read('src/cli/runserver-command.ts'))!;
  expect(KEYS.filter((key) => !new RegExp(`\\b${key} [a-z]+s\\b`).test(help!))).toEqual([]);
  expect(help!.split('\n').every((line) => line.length <= 80)).toBe(true);
});

test('docs/terminal.md has all members of the object of a request', () => {
  const [, section] = /--log-format json`(.*?)## Errors/s.exec(read('docs/terminal.md'))!;
  const members = ['time', 'method', 'path', 'status', 'bytes', 'durationMs', 'error', 'brokenOffBy'];
  expect(members.filter((name) => !section!.includes(`\`${name}\``))).toEqual([]);
});
