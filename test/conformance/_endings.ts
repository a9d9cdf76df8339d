import { expect, test } from 'vitest';
import type { Run } from './_running.ts';
import type { Suite } from './_suite.ts';

/** Clients that go away. That close() is called once, the audit at the end of the suite says of every run. */
export function testEndings({ run, needing }: Suite): void {
  needing('departures')(
    '18. close() is called when the client goes away while the next block does not come',
    async () => {
      const names = ['waits before its first block', 'waits after its first block'] as const;
      // Together, since a server may give a client that has closed its sending side some seconds.
      await Promise.all(names.map((name) => leaveWaiting(run(name))));
    },
  );

  test('18. close() is called when the client goes away before the application answers', async () => {
    const waiting = run('waits before it answers');
    const leaving = new AbortController();
    const response = waiting.send({ signal: leaving.signal });
    response.catch(() => {});
    await waiting.saw('waiting');
    leaving.abort();
    await waiting.open('answer');
    await waiting.saw('close');
  });

  test.each(['sends forever', 'sends forever, asynchronously'] as const)(
    '18. a generator that %s runs its finally block when the client goes away, and then is closed',
    async (name) => {
      const sending = run(name);
      const response = await sending.send();
      const reader = response.body!.getReader();
      await reader.read();
      await reader.cancel();
      const events = await sending.saw('close');
      expect(events.slice(2)).toEqual(['finally', 'close']);
    },
  );

  test('18. close() is called for each of many clients that go away', async () => {
    // Now and then one goes while a block is handed over.
    for (let i = 0; i < 20; i++) {
      const sending = run('sends forever');
      const reader = (await sending.send()).body!.getReader();
      await reader.read();
      await reader.cancel();
      await sending.saw('close');
    }
  });

  test('20. write() fails when the client goes away', async () => {
    const writing = run('writes forever');
    const leaving = new AbortController();
    const response = await writing.send({ signal: leaving.signal });
    await response.body!.getReader().read();
    leaving.abort();
    await writing.saw('write failed: AbortError');
  });

  needing('openBodies')('11. a read fails when the client goes away in the middle of its body', async () => {
    const reading = run('reads on');
    const leaving = new AbortController();
    const response = reading.send({ ...endless(), signal: leaving.signal });
    response.catch(() => {});
    await reading.saw('waiting');
    leaving.abort();
    await reading.saw('read failed: AbortError');
  });

  needing('openBodies')(
    '18. close() is called when the client goes away while its body is sent back',
    async () => {
      const reading = run('reads on while it sends');
      const leaving = new AbortController();
      const response = await reading.send({ ...endless(), signal: leaving.signal });
      await response.body!.getReader().read();
      leaving.abort();
      await reading.saw('close');
    },
  );

  needing('wire')('18. close() is called when the connection is reset', async () => {
    const sending = run('sends forever');
    const client = await sending.raw('GET / HTTP/1.1');
    await client.until('aaa');
    client.reset();
    await sending.saw('close');
  });

  needing('wire', 'unbuffered')('11. a body that ends before its Content-Length fails the read', async () => {
    const reading = run('reads on');
    const client = await reading.raw('POST / HTTP/1.1', ['Host: x', 'Content-Length: 10'], 'abc');
    await reading.saw('waiting');
    client.socket.destroy();
    await reading.saw('read failed: AbortError');
  });

  needing(
    'wire',
    'connection',
    'halfOpen',
  )('a client that closes its sending side is answered', async () => {
    const waiting = run('waits before it answers');
    const client = await waiting.raw('GET / HTTP/1.1');
    client.socket.end();
    await waiting.saw('waiting');
    await waiting.open('answer');
    // One that waits longer may get an interim response first, which shows whether it is still there.
    expect(await client.untilClosed()).toMatch(
      /^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK\r\n.*aaa$/s,
    );
  });
}

async function leaveWaiting(waiting: Run): Promise<void> {
  const leaving = new AbortController();
  const response = waiting.send({ signal: leaving.signal }).then((got) => got.text());
  response.catch(() => {});
  await waiting.saw('waiting');
  leaving.abort();
  await waiting.saw('close');
  await waiting.open('go on');
}

/** A request whose body begins and does not end. */
function endless(): RequestInit {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('begun')),
  });
  return { method: 'POST', body, duplex: 'half' } as RequestInit;
}
