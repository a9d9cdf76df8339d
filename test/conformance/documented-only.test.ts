import './_documented-only.ts';
import { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { canGiveHead } from '../../src/node-internals/response-head.ts';
import { serve } from '../../src/servers/index.ts';
import { Log } from './_log.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'serve() by what Node documents alone',
  lacks: { halfOpen: 'Node drops the response' },
  async serve(application) {
    const log = new Log();
    const server = await serve(application, { port: 0, errors: log.errors });
    return { ...server, log };
  },
});

test('every probe fails here, so that the ways without what they look for are tested', () => {
  expect(canGiveHead(Object.create(ServerResponse.prototype))).toBe(false);
});
