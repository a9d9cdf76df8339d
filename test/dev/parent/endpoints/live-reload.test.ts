import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { EditorRequests } from '../../../../src/dev/parent/endpoints/editor-requests.ts';
import { LIVE_RELOAD_PATH, LiveReload } from '../../../../src/dev/parent/endpoints/live-reload.ts';

const REQUEST = `GET ${LIVE_RELOAD_PATH} HTTP/1.1\r\n`;

/** A server that gives every connection to a `LiveReload`, with what came first. */
async function serving(maxHeadBytes?: number, editor?: Pick<EditorRequests, 'actionsFor'>) {
  const live = new LiveReload(maxHeadBytes, editor);
  const sockets: Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', (first) => live.accept({ socket, head: first, resume: () => {} }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    live.close();
    server.close();
  });
  async function ask(...packets: string[]) {
    const client = net.connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => {});
    onTestFinished(() => void client.destroy());
    await once(client, 'connect');
    for (const packet of packets) {
      client.write(packet, 'latin1');
      await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    }
    return client;
  }
  async function statusOf(...packets: string[]) {
    const client = await ask(...packets);
    const [data] = await once(client, 'data');
    return Number(String(data).split(' ')[1]);
  }
  return { live, ask, statusOf, sockets };
}

describe('the endpoint', () => {
  test.each([
    ['GET /__startproject__/live ', true, false],
    ['GET /__startproject__/live HTTP/1.1', true, false],
    ['GET /__startproject__/live?x ', false, false],
    ['GET /__startproject__/live', false, true],
    ['G', false, true],
    ['POST', false, false],
    ['', false, true],
  ])('claims() of %j is %s, and mayClaim() is %s', (head, claims, mayClaim) => {
    const live = new LiveReload();
    expect([live.claims(Buffer.from(head)), live.mayClaim(Buffer.from(head))]).toEqual([claims, mayClaim]);
  });

  test('sends the number of type errors and the first of them, also to pages that connect later', async () => {
    const { live, ask } = await serving();
    live.announceTypes([{ place: 'a.ts:1:2', code: 'TS1', message: 'Gone.' }]);
    const message = 'x'.repeat(1_000);
    live.announceTypes(Array.from({ length: 30 }, () => ({ place: 'a.ts:1:2', code: 'TS2', message })));
    const client = await ask(`${REQUEST}Host: localhost\r\n\r\n`);
    let text = '';
    for await (const data of client) {
      text += data;
      if (text.includes('event: types') && text.endsWith('\n\n')) break;
    }
    const { count, problems } = JSON.parse(/event: types\ndata: (.*)\n\n$/.exec(text)![1]!);
    expect([count, problems.length, problems[0].place]).toEqual([30, 20, 'a.ts:1:2']);
    expect(problems[0].text).toMatch(/^TS2 x{396}$/);
  });

  test('sends the URLs that open places, to clients that may open them', async () => {
    const editor = new EditorRequests({ root: '/srv', openFile: async () => undefined, onNotice() {} });
    const { live, ask } = await serving(undefined, editor);
    live.announceTypes([
      { place: 'a.ts:1:2', code: 'TS1', message: 'Gone.' },
      { place: undefined, code: 'TS2', message: 'Of the whole project.' },
    ]);
    const actions = [];
    for (const proxy of ['', 'X-Forwarded-For: 10.0.0.1\r\n']) {
      const client = await ask(`${REQUEST}Host: localhost\r\n${proxy}\r\n`);
      let text = '';
      for await (const data of client) {
        text += data;
        if (text.includes('event: types') && text.endsWith('\n\n')) break;
      }
      const { problems } = JSON.parse(/event: types\ndata: (.*)\n\n$/.exec(text)![1]!);
      actions.push(...problems.map(({ action }: { action?: string }) => action));
    }
    expect(actions).toEqual([
      `${editor.action}&place=%2Fsrv%2Fa.ts%3A1%3A2`,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('sends the current generation, and each following one', async () => {
    const { live, ask } = await serving();
    live.announce('g1');
    const client = await ask(`${REQUEST}Host: localhost\r\n\r\n`);
    let text = '';
    client.on('data', (data) => {
      text += data;
    });
    while (!text.includes('data: g1')) await once(client, 'data');
    live.announce('g2');
    while (!text.includes('data: g2')) await once(client, 'data');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test.each([
    'localhost',
    'localhost:8000',
    'shop.localhost:8000',
    '127.0.0.1:8000',
    '[::1]:8000',
    '192.168.1.5:8000',
    'site.test',
    'SITE.test:80',
    'www.example.org',
  ])('accepts the host %s', async (host) => {
    const { live, statusOf } = await serving();
    live.allowHosts(['Site.test', '.example.org']);
    expect(await statusOf(`${REQUEST}Host: ${host}\r\n\r\n`)).toBe(200);
  });

  test.each([
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:8000', 403],
    ['site.test.', 403],
    ['', 400],
    ['a b', 400],
    ['localhost\r\nHost: evil.example', 400],
    ['localhost, evil.example', 400],
    ['user@localhost', 400],
  ])('refuses the host %j', async (host, status) => {
    const { statusOf } = await serving();
    expect(await statusOf(`${REQUEST}Host: ${host}\r\n\r\n`)).toBe(status);
  });

  test('refuses a request without a host', async () => {
    const { statusOf } = await serving();
    expect(await statusOf(`${REQUEST}\r\n`)).toBe(400);
  });

  test.each([
    ['Origin: http://localhost', 200],
    ['Origin: http://evil.example', 403],
    ['Origin: null', 403],
    ['Sec-Fetch-Site: same-origin', 200],
    ['Sec-Fetch-Site: cross-site', 403],
    ['Sec-Fetch-Site: same-origin\r\nOrigin: http://evil.example', 403],
  ])('answers %j with %i', async (field, status) => {
    const { statusOf } = await serving();
    expect(await statusOf(`${REQUEST}Host: localhost\r\n${field}\r\n\r\n`)).toBe(status);
  });
});

describe('the head of a request', () => {
  const HEAD = `${REQUEST}Host: localhost\r\nOrigin: http://evil.example\r\n\r\n`;

  test('is complete wherever it is split into two chunks', async () => {
    const { statusOf } = await serving();
    for (let cut = 1; cut < HEAD.length; cut += 1) {
      expect([cut, await statusOf(HEAD.slice(0, cut), HEAD.slice(cut))]).toEqual([cut, 403]);
    }
  });

  test('can arrive byte by byte', async () => {
    const { statusOf } = await serving();
    expect(await statusOf(...`${REQUEST}Host: localhost\r\n\r\n`)).toBe(200);
  });

  test('of 60,000 bytes is accepted', async () => {
    const { statusOf } = await serving();
    const field = `host: ${' '.repeat(60_000)}localhost`;
    expect(await statusOf(`${REQUEST}${field}\r\n\r\n`)).toBe(200);
  });

  test.each([
    [1_000, 431],
    [100_000, 200],
  ])('of 70,000 bytes with a limit of %i is answered with %i', async (limit, status) => {
    const { statusOf } = await serving(limit);
    const fields = `Host: localhost\r\nCookie: ${'x'.repeat(70_000)}\r\n\r\n`;
    expect(await statusOf(`${REQUEST}${fields}`)).toBe(status);
  });

  test.each([
    ['a field that does not end', `host:${' '.repeat(70_000)}`],
    ['many fields', 'a: b\r\n'.repeat(20_000)],
    ['one that ends too late', `host: localhost\r\na: ${'x'.repeat(70_000)}\r\n\r\n`],
  ])('that is too large is refused: %s', async (_what, fields) => {
    const { statusOf } = await serving();
    expect(await statusOf(`${REQUEST}${fields}`)).toBe(431);
  });

  test('that is not complete after ten seconds is refused', async () => {
    const timer = headTimer();
    const { ask } = await serving();
    const client = await ask(`${REQUEST}host: localhost\r\n`);
    await timer.hasStarted();
    timer.expire();
    const [data] = await once(client, 'data');
    expect(String(data)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('whose client disconnects leaves no timer and no listener', async () => {
    const timer = headTimer();
    const { ask } = await serving();
    const client = await ask(REQUEST);
    await timer.hasStarted();
    client.destroy();
    await timer.hasEnded();
  });
});

/** The timer of the next head: the only one of ten seconds. Fake timers would count those that other tests have left as well. */
function headTimer() {
  const set = vi.spyOn(globalThis, 'setTimeout');
  const clear = vi.spyOn(globalThis, 'clearTimeout');
  onTestFinished(() => {
    set.mockRestore();
    clear.mockRestore();
  });
  const index = () => set.mock.calls.findIndex(([, ms]) => ms === 10_000);
  const handle = () => set.mock.results[index()]?.value;
  const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 25_000 });
  return {
    hasStarted: () => until(() => index() >= 0),
    hasEnded: () => until(() => clear.mock.calls.some(([timer]) => timer === handle())),
    expire: () => set.mock.calls[index()]![0](),
  };
}

test('pages beyond the limit are refused', async () => {
  const { statusOf } = await serving();
  const request = `${REQUEST}Host: localhost\r\n\r\n`;
  const statuses = new Set<number>();
  for (let page = 0; page < 500; page += 1) statuses.add(await statusOf(request));
  expect([[...statuses], await statusOf(request)]).toEqual([[200], 503]);
});

test('a page that does not read is disconnected before its data fills the memory', async () => {
  const { live, ask, sockets } = await serving();
  const client = await ask(`${REQUEST}Host: localhost\r\n\r\n`);
  await once(client, 'data');
  client.pause();
  const [socket] = sockets;
  while (!socket!.destroyed) {
    expect(socket!.writableLength).toBeLessThan(150_000);
    live.announce('g'.repeat(50_000));
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
});
