import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { request, serveFastCgi } from './_fastcgi.ts';

const hello: WSGIApplication = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [Buffer.from('hello')];
};

const echo: WSGIApplication = async (environ, startResponse) => {
  const body = await environ['wsgi.input'].read();
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [Buffer.from(`${environ.REQUEST_METHOD} ${environ.PATH_INFO} `), body];
};

const HELLO = 'Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello';

test('a request gets a response as CGI has it, in one piece', async () => {
  const { connect } = await serveFastCgi(hello);
  const web = await connect();
  expect(await web.ask()).toEqual({ stdout: HELLO, stderr: '', appStatus: 0, protocolStatus: 0 });
  expect(web.reads).toBe(1);
});

test('a connection takes one request after the other when the web server keeps it', async () => {
  const { connect, server } = await serveFastCgi(echo);
  const web = await connect();
  for (const path of ['/a', '/b']) {
    const { stdout } = await web.ask({ path, body: 'one two' });
    expect(stdout).toContain(`POST ${path} one two`);
  }
  expect(server.endedRequests).toBe(2);
  expect(server.connections).toBe(1);
});

test('the server closes after the response when the web server does not keep the connection', async () => {
  const { connect } = await serveFastCgi(hello);
  const web = await connect();
  expect((await web.ask({ keep: false })).stdout).toBe(HELLO);
  await web.ended();
});

test('what a request sets by enterWith() is not for the next one, be it in the same bytes or later', async () => {
  const storage = new AsyncLocalStorage<string>();
  const found: unknown[] = [];
  const { connect } = await serveFastCgi(async (environ, startResponse) => {
    found.push(storage.getStore());
    storage.enterWith('at once');
    await environ['wsgi.input'].read();
    storage.enterWith('later');
    return hello(environ, startResponse);
  });
  const web = await connect();
  for (const body of [undefined, 'a body']) await web.ask({ body });
  web.send(request(1), request(2), request(3));
  await Promise.all([1, 2, 3].map((id) => web.answer(id)));
  expect(found).toEqual([undefined, undefined, undefined, undefined, undefined]);
});
