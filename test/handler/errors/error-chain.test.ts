import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chainText } from '../../../src/handler/errors/error-chain.ts';

const OWN = fileURLToPath(new URL('../../../src/handler/view-layer.ts', import.meta.url));
const FOREIGN = [
  `    at callView (${OWN}:1:1)`,
  '    at Server.emit (node:events:524:28)',
  '    at async node:internal/x:1:1',
];

function errorWith(...frames: readonly string[]): Error {
  return Object.assign(new Error('boom'), { stack: ['Error: boom', ...frames].join('\n') });
}

test('the frames by which a server came to the site are counted, not shown', () => {
  const site = ['    at view (/site/urls.ts:1:1)', '    at next (/site/node_modules/x/index.js:1:1)'];
  expect(chainText(errorWith(...FOREIGN, ...site, ...FOREIGN, ...FOREIGN))).toBe(
    ['Error: boom', ...FOREIGN, ...site, '    … and 6 frames of startproject and Node'].join('\n'),
  );
});

test.each([
  ['few of them', ['    at view (/site/urls.ts:1:1)', ...FOREIGN]],
  ['all of a stack', [...FOREIGN, ...FOREIGN]],
])('%s are shown', (_, frames) => {
  const error = errorWith(...frames);
  expect(chainText(error)).toBe(error.stack);
});
