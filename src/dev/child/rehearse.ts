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
 * Serves a few requests of its own, over a real connection to this process, so that the code which serves them is compiled
 * before the first request of a client comes.
 *
 * @param isInUse Whether the process serves clients by now: the rehearsal stops.
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
  // A spare may get its load meanwhile, and what holdsExclusively() finds must be the site's: it counts no unref'd server.
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
 * Renders the page of an error that has not happened, and its block for the terminal: the first of a process take
 * longer than later ones (`bench/error-page.js`, Node 24: 50 ms beside 14).
 *
 * @param isInUse Whether the process has something else to do by now.
 */
export async function rehearseErrorPage(isInUse: () => boolean): Promise<void> {
  const { debugPage } = await import('../../handler/debug/debug-page.ts');
  if (isInUse()) return;
  const error = new Error('rehearsal');
  // A file that every project has: its lines are rendered as well.
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
