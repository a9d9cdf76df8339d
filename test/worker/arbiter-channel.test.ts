import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { ToArbiter, ToWorker } from '../../src/dev/messages.ts';
import { ArbiterChannel } from '../../src/worker/arbiter-channel.ts';

class Forked extends EventEmitter {
  connected = true;
  readonly sent: unknown[] = [];

  send(message: unknown): boolean {
    this.sent.push(message);
    return true;
  }
}

function channelOf(forked: Forked): { channel: ArbiterChannel<ToWorker, ToArbiter>; received: unknown[] } {
  const received: unknown[] = [];
  const channel = new ArbiterChannel<ToWorker, ToArbiter>(forked as never);
  channel.listen((message) => received.push(message));
  return { channel, received };
}

test('the channel ignores messages that the site sends to itself, and a send() that the site has replaced', () => {
  const forked = new Forked();
  const { channel, received } = channelOf(forked);
  channel.sayBooted();
  forked.emit('message', ['key', { type: 'ping' }]);
  forked.send = () => expect.unreachable();
  for (const data of [null, { type: 'retire' }, ['other', { type: 'retire' }]]) forked.emit('message', data);
  channel.send({ type: 'pong', openRequests: 0 });
  expect(received).toEqual([{ type: 'ping' }]);
  expect(forked.sent).toEqual([
    ['', { type: 'booted' }],
    ['key', { type: 'pong', openRequests: 0 }],
  ]);
});

test('nothing is sent to an arbiter that has ended', () => {
  const forked = new Forked();
  const { channel } = channelOf(forked);
  forked.emit('message', ['key', { type: 'ping' }]);
  forked.connected = false;
  channel.send({ type: 'free', answered: [] });
  expect(forked.sent).toEqual([]);
});
