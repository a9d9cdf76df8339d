import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { canFindWire, wireOf } from '../../src/node-internals/wire.ts';

test('below TLS there is the connection that it was begun on', () => {
  const raw = new Socket();
  expect(wireOf(new TLSSocket(raw, { isServer: true }))).toBe(raw);
  expect(canFindWire()).toBe(true);
});

test('without TLS, or over another stream, it is the socket itself', () => {
  const raw = new Socket();
  expect(wireOf(raw)).toBe(raw);
  const secured = new TLSSocket(new Duplex(), { isServer: true });
  expect(wireOf(secured)).toBe(secured);
});
