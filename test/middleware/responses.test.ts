import { expect, test } from 'vitest';
import { closing, compose, wrapResponse } from '../../src/middleware/index.ts';
import type { WSGIApplication, WSGIResponse } from '../../src/wsgi/types.ts';
import { watchable } from '../../src/wsgi/watchable.ts';
import { bytes, RecordingTransport, respond, runOn } from '../wsgi/driver/_transport.ts';
import { swallowing } from '../wsgi/validate/_swallowing.ts';
import { careful, timing } from '../wsgi/validate/_timing.ts';
import { violations } from '../wsgi/validate/_violations.ts';

/** An application with these blocks that counts how often it is closed. */
function counted(blocks: () => WSGIResponse) {
  const count = { closed: 0 };
  const application: WSGIApplication = (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return closing(blocks(), () => {
      count.closed++;
    });
  };
  return { application, count };
}

function doubled(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) =>
    wrapResponse(await application(environ, startResponse), async function* (blocks) {
      for await (const block of blocks) yield Buffer.concat([block, block]);
    });
}

test('three layers of middleware forward close() once, and a block for each block', async () => {
  const { application, count } = counted(() => [bytes('a'), bytes('b')]);
  const { transport } = await respond(compose(doubled, doubled, doubled, application));
  expect(transport.calls).toEqual(['start', 'write aaaaaaaa', 'write bbbbbbbb', 'end']);
  expect(count.closed).toBe(1);
});

test('a transform that was never asked for a block does not keep close() from being called', async () => {
  const { application, count } = counted(() => [bytes('a')]);
  await respond(doubled(application), 'HEAD');
  expect(count.closed).toBe(1);
});

test('a client that has gone does not either', async () => {
  const { application, count } = counted(async function* () {
    yield bytes('a');
    transport.disconnect();
    yield bytes('b');
  });
  const transport = new RecordingTransport();
  await runOn(transport, doubled(application));
  expect(count.closed).toBe(1);
});

test('a transform that fails does not either', async () => {
  const { application, count } = counted(() => [bytes('a')]);
  const failing: WSGIApplication = async (environ, startResponse) =>
    wrapResponse(await application(environ, startResponse), async function* () {
      yield bytes('x');
      throw new Error('no luck');
    });
  const transport = new RecordingTransport();
  expect(await runOn(transport, failing)).toEqual(['no luck']);
  expect(count.closed).toBe(1);
});

test('an array stays one, and is not written to', async () => {
  const blocks = [bytes('shared')];
  const response = closing(blocks, () => {});
  expect(response).toEqual(Object.assign([bytes('shared')], { close: expect.any(Function) }));
  expect(blocks).not.toHaveProperty('close');
});

test('synchronous blocks stay synchronous', () => {
  const response = closing(new Set([bytes('a')]), () => {});
  expect([...(response as Iterable<Uint8Array>)]).toEqual([bytes('a')]);
});

test('both close() are called, the inner one first, also when it fails', async () => {
  const calls: string[] = [];
  const inner = closing([], () => {
    calls.push('inner');
    throw new Error('no luck');
  });
  const response = closing(inner, () => {
    calls.push('outer');
  });
  await expect(response.close?.()).rejects.toThrow('no luck');
  expect(calls).toEqual(['inner', 'outer']);
});

test('a transform that changes nothing returns the response as it was', () => {
  const response = closing([bytes('a')], () => {});
  expect(wrapResponse(response, (blocks) => blocks)).toBe(response);
});

test('compose() applies the first middleware outermost', async () => {
  const marking = (mark: string) => (application: WSGIApplication) =>
    (async (environ, startResponse) =>
      wrapResponse(await application(environ, startResponse), async function* (blocks) {
        for await (const block of blocks) yield bytes(`${mark}(${Buffer.from(block)})`);
      })) satisfies WSGIApplication;
  const { application } = counted(() => [bytes('x')]);
  expect((await respond(compose(marking('a'), marking('b'), application))).transport.body).toBe('a(b(x))');
  expect((await respond(compose(application))).transport.body).toBe('x');
});

/** Forwards `close()` when there is one, and does not mention it otherwise. */
function silent(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) => {
    const response = await application(environ, startResponse);
    const { close } = response;
    async function* read() {
      yield* response;
    }
    return close ? Object.assign(read(), { close }) : read();
  };
}

test.each([
  ['outermost', [swallowing, timing, careful, silent]],
  ['in the middle', [silent, timing, swallowing, timing, silent]],
  ['innermost', [silent, careful, timing, swallowing]],
])(
  'in a chain by compose() the one that swallows close() is named for certain: %s',
  async (_where, chain) => {
    const { application } = counted(() => [bytes('a')]);
    const found = await violations(compose(...chain, watchable(application)));
    expect(found).toMatchObject([{ rule: 'close-swallowed', place: { declaration: 'swallowing', line: 7 } }]);
    expect(found[0]!.message).toContain('This middleware does not forward close().');
  },
);
