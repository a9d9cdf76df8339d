import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FirstBytesListener, type ReadyConnection } from '../../../src/dev/parent/first-bytes-listener.ts';
import { turns } from './_arbiter.ts';

/** A listener on a free port that keeps what it passes on. */
async function createListener(needsMore?: (head: Buffer) => boolean, silenceTimeoutMs?: number) {
  const connections: ReadyConnection[] = [];
  let tell = () => {};
  const listener = new FirstBytesListener(
    (connection) => {
      connections.push(connection);
      tell();
    },
    needsMore,
    silenceTimeoutMs,
  );
  const address = await listener.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => {
    listener.close();
    for (const { socket } of connections) socket.destroy();
  });
  const passedOn = async (index = 0) => {
    while (connections.length <= index) {
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    }
    return connections[index]!;
  };
  return { listener, address, connections, passedOn };
}

async function connect({ port, address }: AddressInfo, options: Partial<net.NetConnectOpts> = {}) {
  const client = net.connect({ port, host: address, ...options }).on('error', () => {});
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  return client;
}

describe('a connection is passed on', () => {
  test('with the first bytes of the client', async () => {
    const { address, passedOn } = await createListener();
    (await connect(address)).write('GET / HTTP/1.1\r\n\r\n');
    expect((await passedOn()).head.toString()).toBe('GET / HTTP/1.1\r\n\r\n');
  });

  test('when its client sends its first bytes after a while', async () => {
    const { address, connections, passedOn } = await createListener();
    const client = await connect(address);
    await turns();
    expect(connections).toEqual([]);
    client.write('hello');
    expect((await passedOn()).head.toString()).toBe('hello');
  });

  test('once, however much its client sends', async () => {
    const { address, connections, passedOn } = await createListener();
    const client = await connect(address);
    client.write('one');
    await passedOn();
    client.write('two');
    await turns();
    expect(connections).toHaveLength(1);
  });

  test('when enough bytes have arrived to decide who answers it', async () => {
    const { address, connections, passedOn } = await createListener((head) => head.length < 3);
    const client = await connect(address);
    client.write('a');
    await turns();
    client.write('b');
    await turns();
    expect(connections).toEqual([]);
    client.write('cd');
    const { socket, head } = await passedOn();
    client.write('rest');
    await turns();
    expect([head.toString(), socket.bytesRead]).toEqual(['abcd', 4]);
  });

  test('with too few bytes when its client has ended its side', async () => {
    const { address, passedOn } = await createListener(() => true);
    const client = await connect(address);
    client.end('ab');
    expect((await passedOn()).head.toString()).toBe('ab');
  });

  test('before earlier connections that have sent nothing', async () => {
    const { address, connections, passedOn } = await createListener();
    await connect(address);
    const second = await connect(address);
    second.write('second');
    await passedOn();
    expect(connections.map(({ head }) => head.toString())).toEqual(['second']);
  });

  test('with its unread bytes left in the kernel for the worker', async () => {
    const { address, passedOn } = await createListener();
    const client = await connect(address);
    client.write('head');
    const { socket } = await passedOn();
    client.write('rest');
    await turns();
    expect(socket.bytesRead).toBe(4);
  });

  test('when its client has ended its side already, and can still be answered', async () => {
    const { address, passedOn } = await createListener();
    const client = await connect(address, { allowHalfOpen: true } as net.NetConnectOpts);
    client.end('GET / HTTP/1.0\r\n\r\n');
    const { socket, head } = await passedOn();
    await turns();
    expect([head.toString(), socket.destroyed, socket.writable]).toEqual([
      'GET / HTTP/1.0\r\n\r\n',
      false,
      true,
    ]);
    const answer = once(client, 'data');
    socket.write('answer');
    expect(String(await answer)).toBe('answer');
  });

  test('and read further after resume()', async () => {
    const { address, passedOn } = await createListener();
    const client = await connect(address);
    client.write('head');
    const connection = await passedOn();
    connection.resume();
    const more = once(connection.socket, 'data');
    client.write('more');
    expect(String(await more)).toBe('more');
  });

  test('and reports the end of its client after resume()', async () => {
    const { address, passedOn } = await createListener();
    const client = await connect(address);
    client.write('head');
    const connection = await passedOn();
    const ended = once(connection.socket, 'end');
    connection.resume();
    client.end();
    await ended;
  });
});

describe('a connection is not passed on', () => {
  test('when its client closes it without data, and is closed', async () => {
    const { address, connections } = await createListener();
    const client = await connect(address, { allowHalfOpen: true } as net.NetConnectOpts);
    client.end();
    client.resume();
    await once(client, 'end');
    expect(connections).toEqual([]);
  });

  test('when its client aborts it', async () => {
    const { address, connections } = await createListener();
    (await connect(address)).resetAndDestroy();
    const next = await connect(address);
    await turns();
    expect([connections, next.destroyed]).toEqual([[], false]);
  });
});

describe('a connection is closed', () => {
  test('when its client sends nothing', async () => {
    const { address, connections } = await createListener(undefined, 50);
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect(address)));
    await Promise.all(clients.map((client) => once(client.resume(), 'close')));
    expect(connections).toEqual([]);
  });

  test('when its client stops before it has sent enough bytes', async () => {
    const { address, connections } = await createListener(() => true, 50);
    const client = await connect(address);
    client.write('GET /__');
    await once(client.resume(), 'close');
    expect(connections).toEqual([]);
  });

  test('only by the function that received it after it was passed on', async () => {
    const { address, passedOn } = await createListener(undefined, 50);
    (await connect(address)).write('hello');
    const { socket } = await passedOn();
    await once((await connect(address)).resume(), 'close'); // later than the first would be
    expect(socket.destroyed).toBe(false);
  });
});

describe('listening', () => {
  test('fails with the error of the system', async () => {
    const { address } = await createListener();
    const other = new FirstBytesListener(() => {});
    await expect(other.listen({ host: address.address, port: address.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  test('fails for a malformed host', async () => {
    await expect(
      new FirstBytesListener(() => {}).listen({ host: '192.0.2.1', port: 0 }),
    ).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });

  test('returns the port', async () => {
    const { address } = await createListener();
    expect(address).toMatchObject({ address: '127.0.0.1', port: expect.any(Number) });
    expect(address.port).toBeGreaterThan(0);
  });

  test('can be on IPv6 only', async () => {
    const listener = new FirstBytesListener(() => {});
    onTestFinished(() => listener.close());
    const { port } = await listener.listen({ host: '::1', port: 0, ipv6Only: true });
    await connect({ port, address: '::1', family: 'IPv6' });
  });
});

describe('close()', () => {
  test('refuses further connections', async () => {
    const { listener, address } = await createListener();
    listener.close();
    const client = net.connect(address.port, address.address);
    const [error] = await once(client, 'error');
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('closes the connections that were not passed on', async () => {
    const { listener, address } = await createListener();
    const client = await connect(address);
    await turns();
    const closed = once(client, 'close');
    listener.close();
    await closed;
  });

  test('does not close the connections that were passed on', async () => {
    const { listener, address, passedOn } = await createListener();
    (await connect(address)).write('hello');
    const { socket } = await passedOn();
    listener.close();
    await turns();
    expect(socket.destroyed).toBe(false);
  });

  test('can be called without listening, and twice', () => {
    const listener = new FirstBytesListener(() => {});
    listener.close();
    listener.close();
  });
});
