import type { Socket } from 'node:net';
import { EDITOR, type WithEditor } from '../../../handler/errors/page-access.ts';
import { renderPlainPage } from '../../../handler/errors/plain-pages.ts';
import { dropPeeked } from '../../../servers/peek-bytes.ts';
import type { Failure } from '../../../worker/messages.ts';
import { liveScript } from '../../child/live-script.ts';
import type { AskedRequest, LivePageOptions } from '../../messages.ts';

const TITLE = "The site's process ended before it had answered";
const NOTE = 'Nothing needs to be restarted: the next request starts the site again.';
const NO_FACTS = 'The terminal of the server shows the reason.';

/** A client may go on sending its request for this time. Then the connection is closed. */
const CLOSE_TIMEOUT_MS = 2_000;

export interface LostPageOptions {
  readonly live?: LivePageOptions | undefined;
  readonly editorAction?: string | undefined;
  /** The next step. @default the next request starts the site again */
  readonly note?: string;
}

type RenderErrorPage = typeof import('../../../handler/debug/error-page.ts').renderErrorPage;

/** Answers a request for a worker that has ended. Returns the number of bytes in the body. */
export async function answerLost(
  socket: Socket,
  request: AskedRequest,
  failure: Failure,
  options: LostPageOptions,
): Promise<number> {
  const body = Buffer.from(await renderLostPage(request, failure, options));
  const type = request.isHtml ? 'html' : 'plain';
  const head =
    `HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/${type}; charset=utf-8\r\n` +
    `Content-Length: ${body.length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n`;
  const sent = request.method === 'HEAD' ? 0 : body.length;
  socket.write(head);
  socket.end(body.subarray(0, sent));
  // If a connection is closed while it has unread bytes, the client may lose the response.
  dropPeeked(socket);
  socket.resume().once('end', () => socket.destroySoon());
  setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS).unref();
  return sent;
}

/** The page that `answerLost()` sends. */
export async function renderLostPage(
  request: AskedRequest,
  failure: Failure,
  options: LostPageOptions,
): Promise<string> {
  // A dynamic import, since few runs of the server need it.
  const { renderErrorPage } = await import('../../../handler/debug/error-page.ts');
  return lostPage(request, failure, options, renderErrorPage);
}

/** Renders the page synchronously, for a process that is exiting. */
export function lostPage(
  { isHtml, maySeeFacts, mayOpenEditor }: AskedRequest,
  failure: Failure,
  { live, editorAction, note = NOTE }: LostPageOptions,
  renderErrorPage: RenderErrorPage,
): string {
  if (!maySeeFacts) return isHtml ? renderPlainPage(TITLE, NO_FACTS) : `${TITLE}\n\n${NO_FACTS}\n`;
  const environ = {} as WithEditor & Parameters<RenderErrorPage>[0]['environ'];
  if (mayOpenEditor && editorAction !== undefined) Object.assign(environ!, { [EDITOR]: editorAction });
  // In a text, the message already begins with the place.
  const facts = isHtml ? failure : { ...failure, location: undefined };
  const text = renderErrorPage({ ...facts, title: TITLE, note, environ }, { html: isHtml });
  return isHtml && live !== undefined ? text + liveScript(live) : text;
}
