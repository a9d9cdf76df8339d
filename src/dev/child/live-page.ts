import { acceptsHtml } from '../../web/request/accepts-html.ts';
import { headerValue } from '../../web/response/response-headers.ts';
import { isBodyless } from '../../wsgi/bodyless-status.ts';
import { printable } from '../../wsgi/printable.ts';
import type { Environ, Header, WSGIApplication, WSGIResponse } from '../../wsgi/types.ts';
import type { LivePageOptions } from '../messages.ts';
import { liveScript } from './live-script.ts';
import { liveHeaders, revalidateLivePage } from './live-validators.ts';
import { scriptPermission } from './page-policy.ts';

const PARTIAL_CONTENT = 206;

/**
 * A middleware that adds a script to the pages of a site. The script reloads the page when a newer generation answers.
 * It comes after the last block of a page, so a streamed page is still streamed. A response that is not a whole page is
 * left unchanged.
 *
 * @param isMeant Whether a request may get a script.
 * @param onForbidden Called with advice when the Content-Security-Policy of a page forbids the script.
 */
export function livePages(
  application: WSGIApplication,
  options: LivePageOptions,
  isMeant: (environ: Environ) => boolean,
  onForbidden = (_text: string) => {},
): WSGIApplication {
  return async function livePage(environ, startResponse) {
    if (environ.REQUEST_METHOD !== 'GET' || !isNavigation(environ) || !isMeant(environ)) {
      return application(environ, startResponse);
    }
    revalidateLivePage(environ, options.generation);
    let script: Uint8Array | undefined;
    const response = await application(environ, (status, headers, excInfo) => {
      script = isWholePage(status, headers) ? makeScript(headers, environ) : undefined;
      const isLive = script !== undefined || status.startsWith('304');
      const sent = isLive ? liveHeaders(headers, options.generation) : headers;
      return startResponse(status, script ? lengthened(sent, script.length) : sent, excInfo);
    });
    return followedBy(response, () => script);
  };

  function makeScript(headers: readonly Header[], { HTTP_HOST: host }: Environ): Uint8Array | undefined {
    const permission = scriptPermission(headers, host);
    if (permission.isAllowed) return new TextEncoder().encode(liveScript(options, permission.nonce));
    onForbidden(
      `Live reload is off on pages whose Content-Security-Policy has "${printable(permission.directive)}". ${permission.cure}`,
    );
    return undefined;
  }
}

/** Whether the browser opens a page, as opposed to a script that fetches a part of a page. */
function isNavigation({ HTTP_SEC_FETCH_DEST: destination, HTTP_ACCEPT: accept }: Environ): boolean {
  if (destination !== undefined) return destination === 'document' || destination === 'iframe';
  return acceptsHtml(accept);
}

function isWholePage(status: string, headers: readonly Header[]): boolean {
  const type = headerValue(headers, 'content-type');
  const isHtml = type !== undefined && /^text\/html\b/i.test(type);
  const code = Number.parseInt(status, 10);
  return (
    isHtml &&
    !isBodyless(code) &&
    code !== PARTIAL_CONTENT &&
    headerValue(headers, 'content-encoding') === undefined
  );
}

function lengthened(headers: readonly Header[], by: number): readonly Header[] {
  return headers.map((header): Header => {
    const [name, value] = header;
    return name.toLowerCase() === 'content-length' ? [name, String(Number(value) + by)] : header;
  });
}

function followedBy(response: WSGIResponse, last: () => Uint8Array | undefined): WSGIResponse {
  const blocks = Array.isArray(response) ? arrayBlocks(response, last) : streamBlocks(response, last);
  const close = response.close?.bind(response);
  return close ? Object.assign(blocks, { close }) : blocks;
}

/** An array stays an array, so that its length is known. */
function arrayBlocks(response: readonly Uint8Array[], last: () => Uint8Array | undefined): Uint8Array[] {
  const script = last();
  return script ? [...response, script] : [...response];
}

async function* streamBlocks(
  response: WSGIResponse,
  last: () => Uint8Array | undefined,
): AsyncGenerator<Uint8Array> {
  yield* response;
  const script = last();
  if (script) yield script;
}
