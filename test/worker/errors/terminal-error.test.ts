import { expect, test } from 'vitest';
import {
  type ErrorStyle,
  showErrorsOnTerminal,
  terminalError,
} from '../../../src/worker/errors/terminal-error.ts';
import { currentLogStyle, setLogStyle } from '../../../src/wsgi/log-style.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const PLAIN: ErrorStyle = { isWhole: false, hasColours: false, hasLinks: false, columns: 80 };
const NODE = ['    at Array.map (<anonymous>)', '    at Server.emit (node:events:524:28)'];

function site(): string {
  return temporaryFolder({
    'urls.ts': `one\ntwo\n  user.name.length;${' '.repeat(90)}// far\nfour\n`,
  });
}

function errorAt(frames: readonly string[], message = 'boom', options?: ErrorOptions): Error {
  const error = new TypeError(message, options);
  return Object.assign(error, { stack: [`TypeError: ${message}`, ...frames].join('\n') });
}

test("an error begins with the site's place and code, and frames of libraries and Node are one line", () => {
  const file = `${site()}/urls.ts`;
  const library = Array.from(
    { length: 12 },
    (_, n) => `    at render (/site/node_modules/@x/eta/a.js:${n + 1}:1)`,
  );
  const text = terminalError(errorAt([...library, `    at home (${file}:3:8)`, ...NODE]), PLAIN);
  const line = `  > 3 |   user.name.length;${' '.repeat(90)}// far`;
  expect(text.split('\n')).toEqual([
    `${file}:3:8: TypeError: boom`,
    '',
    '    1 | one',
    '    2 | two',
    `${line.slice(0, 79)}…`,
    '      |        ^',
    '    4 | four',
    '    5 |',
    '',
    ...(`    at home (${file}:3:8)`.length <= 80
      ? [`    at home (${file}:3:8)`]
      : ['    at home', `       ${file}:3:8`]),
    '    … and 12 frames of @x/eta, 2 of startproject and Node',
  ]);
});

test('a cause is shown in the same way, and each line of code once', () => {
  const file = `${site()}/urls.ts`;
  const cause = errorAt([`    at inner (${file}:3:8)`], 'inner');
  const text = terminalError(errorAt([`    at outer (${file}:3:3)`], 'outer', { cause }), PLAIN);
  expect(text).toContain(`Caused by: ${file}:3:8: TypeError: inner\n    at inner`);
  expect(text.match(/> 3 \|/g)).toHaveLength(1);
});

test('the errors of an AggregateError are shown as its causes', () => {
  const text = terminalError(new AggregateError([new Error('one'), new Error('two')], 'both'), PLAIN);
  expect(text).toMatch(/AggregateError: both[\s\S]*Caused by: .*Error: one[\s\S]*Caused by: .*Error: two/);
});

test('an error without a frame of the site shows those of the library', () => {
  const text = terminalError(errorAt(['    at parse (/site/node_modules/x/a.js:1:2)', ...NODE]), PLAIN);
  expect(text).toContain('TypeError: boom\n    at parse');
  expect(text).toContain('… and 2 frames of startproject and Node');
});

test('the frames of a recursive function are one line with their number', () => {
  const file = `${site()}/urls.ts`;
  const frames = [...Array(49).fill(`    at again (${file}:3:8)`), `    at home (${file}:9:1)`];
  const text = terminalError(errorAt(frames), PLAIN);
  expect(text).toMatch(/\n {4}at again \(\S+:3:8\), 49 times\n {4}at home \(\S+:9:1\)$/);
});

test('the frames of functions that call each other are one line too, and from the tenth frame on they are only counted', () => {
  const file = `${site()}/urls.ts`;
  const circle = [`    at a (${file}:3:8)`, `    at b (${file}:4:8)`];
  const others = Array.from({ length: 12 }, (_, index) => `    at f${index} (${file}:${index + 5}:1)`);
  const text = terminalError(errorAt([...Array(20).fill(circle).flat(), ...others]), PLAIN);
  expect(text).toMatch(
    /\n {4}at a \(\S+:3:8\)\n {4}at b \(\S+:4:8\)\n {4}… these 2 frames, 20 times\n {4}at f0 /,
  );
  expect(text).toMatch(/at f8 \(\S+\)\n {4}… and 3 frames of the site$/);
});

test('a frame that is too long for one line takes two, so that its path is not broken', () => {
  const file = `${site()}/urls.ts`;
  const text = terminalError(errorAt([`    at home (${file}:3:8)`]), { ...PLAIN, columns: 20 });
  expect(text).toContain(`    at home\n       ${file}:3:8`);
});

test('the error is red, hidden frames are dim, and places are links, if the terminal supports it', () => {
  const file = `${site()}/urls.ts`;
  const style = { ...PLAIN, hasColours: true, hasLinks: true };
  const text = terminalError(errorAt([`    at home (${file}:3:8)`, ...NODE]), style);
  expect(text).toContain(`\u001b[31m${file}:3:8: TypeError: boom\u001b[39m`);
  expect(text).toMatch(/\u001b\[2m {4}… and 2 frames/);
  expect(text).toContain(`\u001b]8;;file://${file}\u001b\\${file}:3:8\u001b]8;;\u001b\\`);
});

test('a message cannot control the terminal or look like another log entry', () => {
  const text = terminalError(errorAt([], '\u001b[2Jgone\n[27/Nov/2026] "GET / HTTP/1.1" 200'), PLAIN);
  expect(text).toBe('TypeError: \\x1b[2Jgone\n    [27/Nov/2026] "GET / HTTP/1.1" 200');
});

test('log lines are broken between words', () => {
  showErrorsOnTerminal({ ...PLAIN, columns: 20 });
  try {
    expect(currentLogStyle()?.line('The Host header is not one of ours.')).toBe(
      'The Host header is\n    not one of ours.',
    );
  } finally {
    setLogStyle(undefined);
  }
});

test('a thrown value of any type is shown', () => {
  expect(terminalError('text', PLAIN)).toBe("'text' was thrown, which is not an Error.");
});

test('the hint for a CommonJS name is shown', () => {
  const error = Object.assign(new ReferenceError('__dirname is not defined'), { stack: 'ReferenceError: x' });
  expect(terminalError(error, PLAIN)).toContain('Hint: In an ES module it is import.meta.dirname.');
});

test('--traceback shows the whole stack', () => {
  const error = errorAt(['    at a (/site/node_modules/x/a.js:1:2)', '    at b (node:events:1:1)']);
  expect(terminalError(error, { ...PLAIN, isWhole: true })).toBe(error.stack);
});

test('each line of a message is broken between words, so that a path in it stays whole', () => {
  const message = `one two three\nis not in /srv/site/mysite/urls.ts`;
  const text = terminalError(errorAt([], message), { ...PLAIN, columns: 24 });
  expect(text).toBe('TypeError: one two three\n    is not in\n    /srv/site/mysite/urls.ts');
});
