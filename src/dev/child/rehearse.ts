import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { checkedSettings } from '../../conf/load.ts';
import { factsRule, UNKNOWN_ACCESS } from '../../handler/errors/page-access.ts';
import type { ResponseRecord } from '../../servers/response-record.ts';
import { terminalError } from '../../worker/errors/terminal-error.ts';
import { siteServer } from '../../worker/site/serve-site.ts';
import { validated } from '../../worker/site/validated.ts';
import type { Environ, WSGIApplication } from '../../wsgi/types.ts';
import { loggedRequest } from '../logged-request.ts';
import { holdsExclusively } from './holdings.ts';
import { livePages } from './live-page.ts';

const HEAD = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n');
const REPEATS = 3;

/**
 * Serves a few requests over a real connection to this process, so that V8 compiles the code for serving before the
 * first request of a client.
 *
 * @param isInUse Whether the process serves clients now. Then the rehearsal stops.
 */
export async function rehearse(isInUse: () => boolean): Promise<void> {
  checkedSettings({ DEBUG: true });
  const application: WSGIApplication = (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return [HEAD];
  };
  const pages = livePages(
    validated(application, () => {}),
    { path: '', generation: '' },
    factsRule(UNKNOWN_ACCESS),
  );
  const onResponse = (record: ResponseRecord) => void loggedRequest(record);
  const report = { onResponse, onNotice: () => {} };
  const server = siteServer(pages, { limits: {}, serverName: 'localhost', serverPort: 0 }, report, {
    keepAlive: false,
  });
  holdsExclusively();
  const listener = net.createServer({ pauseOnConnect: true }, (socket) => server.accept(socket, HEAD));
  // `unref()`: the spare may be activated meanwhile, and `holdsExclusively()` must find only servers of the site. It
  // does not count this one.
  listener.unref().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  for (let i = 0; i < REPEATS && !isInUse(); i++) {
    const client = net.connect((listener.address() as AddressInfo).port, '127.0.0.1');
    await once(client.resume(), 'close');
  }
  listener.close();
}

const FAILED_REQUEST = {
  REQUEST_METHOD: 'GET',
  SCRIPT_NAME: '',
  PATH_INFO: '/',
  QUERY_STRING: '',
  SERVER_NAME: 'localhost',
  SERVER_PORT: '80',
  SERVER_PROTOCOL: 'HTTP/1.1',
  'wsgi.url_scheme': 'http',
  HTTP_HOST: 'localhost',
  HTTP_ACCEPT: 'text/html',
} as Partial<Environ> as Environ;
const NO_URLS = { name: null, nodes: [], errorHandlers: {} };
const TERMINAL = { isWhole: false, hasColours: false, hasLinks: false, columns: 80 };
const FRAMES = 20;

/**
 * Renders an error page and its block for the terminal, for an error that did not happen. In each process, the first
 * ones take longer than later ones (`bench/error-page.js`, Node 24: 50 ms compared to 14).
 *
 * @param isInUse Whether the process has other work now.
 */
export async function rehearseErrorPage(isInUse: () => boolean): Promise<void> {
  const { debugPage } = await import('../../handler/debug/debug-page.ts');
  if (isInUse()) return;
  const error = new Error('rehearsal');
  // A file that every project has, so that lines of code are rendered too.
  const file = path.resolve('package.json');
  const frames = Array.from({ length: FRAMES }, (_, line) => `    at view${line} (${file}:${line + 1}:1)`);
  error.stack = ['Error: rehearsal', ...frames, '    at process (node:internal:1:1)'].join('\n');
  const settings = checkedSettings({ DEBUG: true });
  debugPage(error, 500, {
    environ: FAILED_REQUEST,
    path: '/',
    settings,
    urlconf: NO_URLS,
    called: undefined,
  });
  terminalError(error, TERMINAL);
}
