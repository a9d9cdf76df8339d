import { createReadStream } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Response as Light } from '../../src/handler/http/index.ts';
import { requestFinished } from '../../src/handler/signals.ts';
import { path } from '../../src/handler/urls/index.ts';
import { bytes, Gate, RawClient, startServer } from '../servers/http/_http.ts';
import { ask, createApplication } from './_client.ts';

type Class = typeof Response;
type BodyInit = ConstructorParameters<Class>[0];

const CLASSES: readonly (readonly [string, Class])[] = [
  ['startproject/http', Light],
  ['the runtime', Response],
];
const OWN_FILE = fileURLToPath(import.meta.url);

function answering(R: Class, source: unknown) {
  return createApplication([path('', () => new R(source as BodyInit))]);
}

/** Asks a server for a page, leaves by a reset once `text` has come, and waits until the server is done with it. */
async function leaveAfter(text: string, R: Class, source: unknown): Promise<void> {
  const { port, nextRecord } = await startServer(await answering(R, source));
  const client = await RawClient.connect(port);
  client.send('GET / HTTP/1.1\r\nHost: testserver\r\n\r\n');
  await client.until(text);
  const over = nextRecord();
  client.reset();
  await over;
}

/** Leaves by a reset while a view's body has not begun, and waits until the server is done with it. */
async function leaveBeforeAll(R: Class, source: unknown): Promise<void> {
  const asked = new Gate();
  const view = () => {
    asked.open();
    return new R(source as BodyInit);
  };
  const { port, nextRecord } = await startServer(await createApplication([path('', view)]));
  const client = await RawClient.connect(port);
  client.send('GET / HTTP/1.1\r\nHost: testserver\r\n\r\n');
  await asked.opened;
  const over = nextRecord();
  client.reset();
  await over;
}

function closed(stream: Readable): Promise<unknown> {
  return new Promise((resolve) => (stream.closed ? resolve(undefined) : stream.once('close', resolve)));
}

describe.each(CLASSES)('with the Response of %s', (_, R) => {
  test('HEAD closes a file that was opened for its body', async () => {
    const file = createReadStream(OWN_FILE, { highWaterMark: 16 });
    expect((await ask(await answering(R, file), '/', { method: 'HEAD' })).body).toBe('');
    await closed(file);
  });

  test('HEAD of a stream that ends later leaves the process alone', async () => {
    const stream = new PassThrough();
    stream.write('begun');
    await ask(await answering(R, stream), '/', { method: 'HEAD' });
    stream.end();
    await closed(stream);
  });

  test('a generator whose client has left ends with the block that it was making', async () => {
    const making = new Gate();
    const ended = new Gate();
    async function* blocks() {
      try {
        yield bytes('first');
        await making.opened;
        yield bytes('second');
      } finally {
        ended.open();
      }
    }
    await leaveAfter('first', R, blocks());
    making.open();
    await ended.opened;
  });

  test('a generator may end after its client has left', async () => {
    const making = new Gate();
    async function* blocks() {
      yield bytes('first');
      await making.opened;
    }
    await leaveAfter('first', R, blocks());
    making.open();
    await new Promise(setImmediate); // by then an error in a microtask would have ended the process
  });

  test('a stream whose client has left is closed when it ends', async () => {
    const stream = new PassThrough();
    stream.write('first');
    await leaveAfter('first', R, stream);
    stream.end();
    await closed(stream);
    await new Promise(setImmediate);
  });

  test('a web stream is cancelled at once, while a block is pending', async () => {
    const cancelled = new Gate();
    const stream = new ReadableStream({
      start: (controller) => controller.enqueue(bytes('first')),
      cancel: cancelled.open,
    });
    await leaveAfter('first', R, stream);
    await cancelled.opened;
  });

  test('what is behind a TransformStream is cancelled at once, while a block is pending', async () => {
    const cancelled = new Gate();
    const source = new ReadableStream({
      start: (controller) => controller.enqueue(bytes('first')),
      cancel: cancelled.open,
    });
    await leaveAfter('first', R, source.pipeThrough(new TransformStream()));
    await cancelled.opened;
  });

  test('a web stream whose client has left before the first block is cancelled', async () => {
    const cancelled = new Gate();
    await leaveBeforeAll(R, new ReadableStream({ cancel: cancelled.open }));
    await cancelled.opened;
  });

  test('a response whose clone nobody reads or cancels is over although the clone is not', async () => {
    const stream = new ReadableStream({ pull: (stream) => stream.enqueue(bytes('block')) });
    const [sent, kept] = stream.tee();
    const finished = new Gate();
    const application = await answering(R, sent);
    onTestFinished(requestFinished.connect(() => finished.open()));
    const { status } = await ask(application, '/', { method: 'HEAD' });
    expect(status).toBe('200 OK');
    await finished.opened;
    await kept.cancel();
  });

  test('a stream that fails before its first block is a 500', async () => {
    const answer = await ask(await answering(R, createReadStream('/nowhere')), '/');
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.log).toContain('ENOENT');
  });
});

describe('with the Response of startproject/http', () => {
  test('a stream is destroyed as soon as its client has left, while a block is pending', async () => {
    const stream = new PassThrough();
    stream.write('first');
    await leaveAfter('first', Light, stream);
    expect(stream.destroyed).toBe(true);
  });

  test('so it is before the first block', async () => {
    const stream = new PassThrough();
    await leaveBeforeAll(Light, stream);
    expect(stream.destroyed).toBe(true);
  });

  test('so it is where the response was read by its body', async () => {
    const stream = new PassThrough();
    stream.write('first');
    await leaveAfter('first', Light, new Light(stream as unknown as BodyInit).body);
    expect(stream.destroyed).toBe(true);
  });

  test('a stream of text is refused, and destroyed', async () => {
    const stream = createReadStream(OWN_FILE, 'utf8');
    const answer = await ask(await answering(Light, stream), '/');
    expect(answer.log).toContain('Pipe text through a TextEncoderStream');
    expect(stream.destroyed).toBe(true);
  });

  test('a stream that was read before is refused, as by the global class', async () => {
    const stream = new PassThrough();
    stream.end('all');
    await stream.toArray();
    expect(() => new Response(stream as unknown as BodyInit)).toThrow(TypeError);
    expect(() => new Light(stream as unknown as BodyInit)).toThrow(TypeError);
  });
});
