import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { WSGIApplication, WSGIResponse } from '../../../src/wsgi/types.ts';
import { watchable } from '../../../src/wsgi/watchable.ts';
import { bytes } from '../driver/_transport.ts';
import { collecting, failing, helped, swallowing } from './_swallowing.ts';
import { careful, late, routing, timing } from './_timing.ts';
import { violations } from './_violations.ts';

const SWALLOWING_FILE = fileURLToPath(new URL('_swallowing.ts', import.meta.url));

/** An application that has to be closed. */
function site(blocks: () => WSGIResponse = () => [bytes('hello')]): WSGIApplication {
  return watchable(async (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return Object.assign(blocks(), { close: () => {} });
  });
}

test.each([
  ['swallowing', 7, swallowing(site())],
  ['swallowing', 7, timing(swallowing(site()))],
  ['swallowing', 7, swallowing(timing(site()))],
  ['swallowing', 7, swallowing(careful(site()))],
  ['swallowing', 7, routing(swallowing(site()))],
  ['swallowing', 7, swallowing(routing(site()))],
  ['swallowing', 7, timing(swallowing(timing(site())))],
  ['swallowing', 7, routing(timing(swallowing(careful(site()))))],
  ['swallowing', 9, swallowing(late(site()))],
  ['collecting', 18, collecting(site())],
  ['collecting', 18, timing(collecting(site()))],
  ['collecting', 18, collecting(timing(site()))],
  ['collecting', 18, routing(collecting(site()))],
  ['helped', 33, helped(site())],
  ['helped', 33, timing(helped(site()))],
  ['helped', 33, helped(careful(site()))],
  ['failing', 26, failing(site())],
])('%s is named, with its file and line %i', async (declaration, line, application) => {
  const [violation, ...others] = await violations(application);
  expect(others).toEqual([]);
  expect(violation).toMatchObject({
    rule: 'close-swallowed',
    place: { declaration, file: SWALLOWING_FILE, line },
  });
});
