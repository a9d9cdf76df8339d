import { expect, test } from 'vitest';
import { errorStyle, knowsLinks } from '../../../src/cli/terminal/error-style.ts';

test.each([
  ['iTerm', { TERM_PROGRAM: 'iTerm.app' }, true],
  ['a terminal of VTE', { TERM: 'xterm-256color', VTE_VERSION: '6800' }, true],
  ['kitty', { TERM: 'xterm-kitty' }, true],
  ['an unknown one', { TERM: 'xterm-256color' }, false],
  ['tmux, which may be in anything', { TERM: 'tmux-256color', VTE_VERSION: '6800' }, false],
  ['a build server', { CI: '1', TERM: 'xterm-kitty' }, false],
  ['whatever it is, when its user says so', { FORCE_HYPERLINK: '1' }, true],
])('links of OSC 8: %s', (_, env, expected) => {
  expect(knowsLinks(env)).toBe(expected);
});

test('what is not a terminal has no columns and no links', () => {
  const style = errorStyle(false, { TERM: 'xterm-kitty' }, { isTTY: false, columns: 10 });
  expect(style).toMatchObject({ hasLinks: false, hasColours: false, columns: Number.MAX_SAFE_INTEGER });
});
