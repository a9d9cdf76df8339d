import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AbandonedRequests } from '../../src/dev/abandoned-requests.ts';
import { CLIENT, ClientPresence } from '../../src/wsgi/environ/client-presence.ts';
import type { Environ, WSGIResponse } from '../../src/wsgi/types.ts';

class TestClient extends ClientPresence {
  leave(): void {
    this.depart();
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A request whose application returns this. */
function ask(response: WSGIResponse | Promise<WSGIResponse>) {
  const client = new TestClient();
  const environ = {
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: '/never/',
    QUERY_STRING: 'a=1',
    SERVER_PROTOCOL: 'HTTP/1.1',
    'wsgi.input': { [CLIENT]: client },
  } as unknown as Environ;
  const logged = vi.fn();
  const abandoned = new AbandonedRequests(logged);
  void abandoned.watch(() => response)(environ, vi.fn());
  return { client, environ, logged, abandoned };
}

test('a request whose view never settles is logged after its client has disconnected', () => {
  const { client, environ, logged, abandoned } = ask(new Promise(() => {}));
  vi.advanceTimersByTime(3_000);
  expect(logged).not.toHaveBeenCalled();
  client.leave();
  vi.advanceTimersByTime(1_000);
  expect(logged).toHaveBeenCalledExactlyOnceWith({
    method: 'GET',
    target: '/never/?a=1',
    httpVersion: '1.1',
    status: 0,
    bytes: 0,
    durationMs: 3_000,
    brokenOffBy: 'client',
  });
  expect(abandoned.has(environ)).toBe(true);
});

test('a request that ends within a second after that is logged by the server', async () => {
  let end = (_response: WSGIResponse) => {};
  const response = new Promise<WSGIResponse>((resolve) => {
    end = resolve;
  });
  const { client, environ, logged, abandoned } = ask(response);
  client.leave();
  end([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(logged).not.toHaveBeenCalled();
  expect(abandoned.has(environ)).toBe(false);
});

test('a response that has begun is logged by its server', () => {
  const { client, logged } = ask([]);
  client.leave();
  vi.advanceTimersByTime(1_000);
  expect(logged).not.toHaveBeenCalled();
});
