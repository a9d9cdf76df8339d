import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FuzzCase, makeCase } from './_case.ts';
import { type Fuzzed, fuzz } from './_fuzz.ts';
import { checkResponses } from './_responses.ts';
import type { Rest } from './_target.ts';

const CLEAN: FuzzCase = {
  index: 0,
  ids: ['c0r0', 'c0r1'],
  breaking: [],
  isClean: true,
  pieces: [],
  pauseMs: 0,
  isDeaf: false,
  leaving: 'waits',
};

/** A response of the application to a request. */
function response(id: string, fields = '', body = `<${id}></${id}>`): string {
  const head = `X-Id: ${id}\r\nX-Method: GET\r\nX-Marked: 1\r\nContent-Length: ${body.length}\r\n`;
  return `HTTP/1.1 200 OK\r\n${head}${fields}\r\n${body}`;
}

const REFUSAL = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n';

function problemsOf(text: string, isWhole = true, fuzzCase = CLEAN): readonly string[] {
  return checkResponses(fuzzCase, { text, isWhole }).problems;
}

test('the same seed and number make the same case, and others make another case', () => {
  expect(makeCase(1, 2)).toEqual(makeCase(1, 2));
  expect(makeCase(1, 2)).not.toEqual(makeCase(1, 3));
  expect(makeCase(1, 2)).not.toEqual(makeCase(2, 2));
});

describe('in what was received', () => {
  test.each([
    ['a response to each request', response('c0r0') + response('c0r1')],
    ['the last one', response('c0r0', 'Connection: close\r\n')],
    ['a refusal behind a response', response('c0r0') + REFUSAL],
    ['100 Continue before a response', `HTTP/1.1 100 Continue\r\n\r\n${response('c0r0')}${response('c0r1')}`],
    [
      'a chunked one',
      `${response('c0r0')}HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`,
    ],
    ['one that breaks off', response('c0r0').slice(0, -2)],
  ])('%s is as it should be', (_what, text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  test.each([
    ['behind the last response came', response('c0r0', 'Connection: close\r\n') + REFUSAL],
    ['behind the last response came', REFUSAL + REFUSAL],
    ['a response out of order', response('c0r1') + response('c0r0')],
    ['a response out of order', response('c0r0') + response('c0r0')],
    ['a response to somebody else', response('c7r0') + response('c0r1')],
    ['the body of c0r0 is not its own', response('c0r0', '', '<c7r0></c7r0>') + response('c0r1')],
    ['1 responses to 2 requests', response('c0r0')],
    ['0 responses to 2 requests', ''],
    ['no response but', `${response('c0r0')}${'what is this? '.repeat(10)}`],
  ])('there is found: %s', (problem, text) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
  });

  test('of a client that left nothing is missed', () => {
    expect(problemsOf(response('c0r0'), false)).toEqual([]);
  });

  test('a response that breaks off before it begins is not missed', () => {
    expect(problemsOf(response('c0r0'), true, { ...CLEAN, breaking: ['c0r1'] })).toEqual([]);
  });

  test('of broken requests nothing is missed, and still nothing may come behind the last response', () => {
    const broken = { ...CLEAN, isClean: false };
    expect(problemsOf(response('c0r0'), true, broken)).toEqual([]);
    expect(problemsOf(REFUSAL + REFUSAL, true, broken)).toHaveLength(1);
  });
});

/** A server that does this with each connection, and is at rest like that. */
async function createTarget(
  serve: (socket: Socket) => void,
  rests: readonly Partial<Rest>[] = [{}],
): Promise<Fuzzed & { faults: string[]; hasEnded: boolean }> {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {}).resume();
    serve(socket);
  });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const calm = { open: 0, openRequests: 0, pid: 1, memory: 1, sockets: 0, resident: 1 };
  let looks = 0;
  const rest = async () => ({ ...calm, ...rests[Math.min(looks++, rests.length - 1)] });
  return { name: 'runserver', port, hasEnded: false, faults: [], log: '', rest };
}

const OPTIONS = { seed: 1, requests: 20, concurrency: 5 };
const refuse = (socket: Socket) => void socket.end(REFUSAL);

describe('a server', () => {
  test('that answers as it should has no failures, and its statuses are counted', async () => {
    const report = await fuzz(await createTarget(refuse), OPTIONS);
    expect(report.failures).toEqual([]);
    expect(report.statuses[400]).toBeGreaterThan(0);
    expect(report.requests).toBeGreaterThanOrEqual(20);
  });

  test('that answers twice is detected', async () => {
    const { failures } = await fuzz(await createTarget((socket) => socket.end(REFUSAL + REFUSAL)), OPTIONS);
    expect(failures[0]).toMatch(/^case \d+: behind the last response came/);
  });

  test('that ends is detected', async () => {
    const target = await createTarget((socket) => {
      target.hasEnded = true;
      socket.destroy();
    });
    const { failures } = await fuzz(target, OPTIONS);
    expect(failures.at(-1)).toMatch(/^the server has ended/);
  });

  test('that logs an error of its own is detected', async () => {
    const target = await createTarget(refuse);
    target.faults.push('TypeError: no');
    expect((await fuzz(target, OPTIONS)).failures).toEqual(['the server said: TypeError: no']);
  });

  test.each<[string, Partial<Rest>]>([
    ['2 requests are open at rest', { openRequests: 2 }],
    ['1 responses of the application are open at rest', { open: 1 }],
    ['3 connections are open at rest', { sockets: 3 }],
    ['the worker has ended', { pid: 2 }],
    ['the heap has grown by 999999999 bytes', { memory: 1_000_000_000 }],
    ['the process has grown by 999999999 bytes', { resident: 1_000_000_000 }],
  ])('of which it is to be said: %s', async (failure, rest) => {
    const target = await createTarget(refuse, [{}, rest]);
    expect((await fuzz(target, { ...OPTIONS, batch: 10 })).failures).toEqual([failure]);
  });
});
