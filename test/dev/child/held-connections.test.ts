import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { HeldConnections } from '../../../src/dev/child/held-connections.ts';
import type { ToArbiter } from '../../../src/dev/messages.ts';
import type { Environ, StartResponse, WSGIApplication } from '../../../src/wsgi/types.ts';

function createHeld() {
  const sent: ToArbiter[] = [];
  return { sent, held: new HeldConnections((message) => sent.push(message)) };
}

function socketFrom(port: number, remoteAddress = '::ffff:127.0.0.1'): Socket & EventEmitter {
  return Object.assign(new EventEmitter(), { remoteAddress, remotePort: port }) as unknown as Socket &
    EventEmitter;
}

function environFrom(port: number, more: object = {}): Environ {
  return {
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: '/caf\u00c3\u00a9/',
    QUERY_STRING: 'x=1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_PORT: String(port),
    HTTP_ACCEPT: 'text/html',
    ...more,
  } as unknown as Environ;
}

const START: StartResponse = () => async () => {};
const answer: WSGIApplication = (_environ, startResponse) => {
  startResponse('200 OK', []);
  return [];
};

test('the arbiter gets a request before the site does, and releases it when its response begins', () => {
  const { sent, held } = createHeld();
  held.add(socketFrom(1));
  held.add(socketFrom(2));
  const seen: number[] = [];
  const application: WSGIApplication = (environ, startResponse) => {
    seen.push(sent.length);
    return answer(environ, startResponse);
  };
  held.watch(application, () => true)(environFrom(2), START);
  expect(sent).toEqual([
    { type: 'taken' },
    { type: 'taken' },
    {
      type: 'asked',
      id: 2,
      request: {
        method: 'GET',
        target: '/caf%C3%A9/?x=1',
        httpVersion: '1.1',
        isHtml: true,
        maySeeFacts: true,
        mayOpenEditor: true,
      },
    },
    { type: 'released', id: 2 },
  ]);
  expect(seen).toEqual([3]);
});

test('a client behind a proxy opens no editor', () => {
  const { sent, held } = createHeld();
  held.add(socketFrom(1));
  held.watch(answer, () => false)(environFrom(1, { HTTP_X_FORWARDED_FOR: '192.0.2.1' }), START);
  expect(sent[1]).toMatchObject({ request: { maySeeFacts: false, mayOpenEditor: false } });
});

test('a connection that closes without a response is released once', () => {
  const { sent, held } = createHeld();
  const socket = socketFrom(1);
  held.add(socket);
  socket.emit('close');
  socket.emit('close');
  expect(sent).toEqual([{ type: 'taken' }, { type: 'released', id: 1 }]);
});

test('a connection whose client had disconnected before its arrival is released at once, and is numbered', () => {
  const { sent, held } = createHeld();
  held.add(undefined);
  held.add(socketFrom(1));
  held.watch(answer, () => true)(environFrom(1), START);
  expect(sent.map((message) => ('id' in message ? [message.type, message.id] : message.type))).toEqual([
    'taken',
    ['released', 1],
    'taken',
    ['asked', 2],
    ['released', 2],
  ]);
});

test('a client port that is used again belongs to the newer connection', () => {
  const { sent, held } = createHeld();
  const old = socketFrom(1);
  held.add(old);
  held.add(socketFrom(1));
  old.emit('close');
  expect(sent).toEqual([{ type: 'taken' }, { type: 'taken' }]);
});
