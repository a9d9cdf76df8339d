import net from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ControlClient } from '../../../src/production/control/control-client.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

/** A server that is not ours. */
async function listen(onClient: (socket: net.Socket) => void): Promise<string> {
  const place = path.join(temporaryFolder(), 'socket');
  const server = net.createServer(onClient).listen(place);
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return place;
}

test('what greets in another way is not a control channel', async () => {
  const place = await listen((socket) => socket.end('220 mail.example.com\n'));
  await expect(ControlClient.connect({ path: place, pid: 0 })).rejects.toThrow('not a control channel');
});

test('what says nothing, or goes, is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const silent = await listen(() => {});
  const connecting = expect(ControlClient.connect({ path: silent, pid: 12 })).rejects.toThrow('(process 12)');
  await expect.poll(() => vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(5_000);
  await connecting;
  const gone = await listen((socket) => socket.end());
  await expect(ControlClient.connect({ path: gone, pid: 0 })).rejects.toThrow('does not answer');
});

test('what says more than a reply can be is given up', async () => {
  const place = await listen((socket) => {
    socket.on('error', () => {}).end('x'.repeat(3_000_000));
  });
  await expect(ControlClient.connect({ path: place, pid: 0 })).rejects.toThrow('does not answer');
});

test('a server that goes before it has answered is a reason', async () => {
  const place = await listen((socket) => {
    socket.write('{"v":1}\n');
    socket.once('data', () => socket.end());
  });
  const client = await ControlClient.connect({ path: place, pid: 0 });
  await expect(client!.ask({ command: 'reload' })).rejects.toThrow('ended before it had answered');
});
