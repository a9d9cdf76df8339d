import type { Header, WSGIApplication, WSGIResponse } from '../wsgi/types.ts';

export interface LivePageOptions {
  /** Where the browser asks which generation answers. */
  readonly path: string;
  /** The one that makes these pages. */
  readonly generation: string;
}

/**
 * A middleware that adds a script to the pages of a site: it reloads the page when a newer generation answers. The
 * script follows the page's last block, so that a streamed page streams on, and what is not a whole page for a
 * browser to show is left alone.
 */
export function livePages(application: WSGIApplication, options: LivePageOptions): WSGIApplication {
  return async function livePage(environ, startResponse) {
    if (environ.REQUEST_METHOD !== 'GET' || !isNavigation(environ.HTTP_SEC_FETCH_DEST, environ.HTTP_ACCEPT)) {
      return application(environ, startResponse);
    }
    let script: Uint8Array | undefined;
    const response = await application(environ, (status, headers, excInfo) => {
      script = isWholePage(status, headers) ? makeScript(options, nonceOf(headers)) : undefined;
      return startResponse(status, script ? lengthened(headers, script.length) : headers, excInfo);
    });
    return followedBy(response, () => script);
  };
}

/** A browser that opens a page, and no script that fetches a part of one. */
function isNavigation(destination: string | undefined, accept: string | undefined): boolean {
  if (destination !== undefined) return destination === 'document' || destination === 'iframe';
  return accept?.includes('text/html') ?? false;
}

function isWholePage(status: string, headers: readonly Header[]): boolean {
  const type = headerValue(headers, 'content-type');
  const isHtml = type !== undefined && /^text\/html\b/i.test(type);
  return (
    isHtml && !/^(?:1..|204|206|304)/.test(status) && headerValue(headers, 'content-encoding') === undefined
  );
}

function headerValue(headers: readonly Header[], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function lengthened(headers: readonly Header[], by: number): readonly Header[] {
  return headers.map((header): Header => {
    const [name, value] = header;
    return name.toLowerCase() === 'content-length' ? [name, String(Number(value) + by)] : header;
  });
}

/** The nonce that the page's own policy asks of scripts. */
function nonceOf(headers: readonly Header[]): string | undefined {
  const policy = headerValue(headers, 'content-security-policy');
  const directive =
    policy &&
    (/(?:^|;)\s*script-src\s([^;]*)/i.exec(policy) ?? /(?:^|;)\s*default-src\s([^;]*)/i.exec(policy));
  return directive ? /'nonce-([^']+)'/.exec(directive[1]!)?.[1] : undefined;
}

function makeScript({ path, generation }: LivePageOptions, nonce: string | undefined): Uint8Array {
  const attribute = nonce === undefined ? '' : ` nonce="${nonce.replace(/[^\w+/=-]/g, '')}"`;
  // A hidden page listens not: browsers allow six connections to a host, and a developer has many tabs.
  const code = `(()=>{let s;const f=()=>{s?.close();s=undefined;if(document.hidden)return;s=new EventSource(${JSON.stringify(path)});s.onmessage=(e)=>{if(e.data!==${JSON.stringify(generation)}){s.close();location.reload()}}};document.addEventListener('visibilitychange',f);addEventListener('pagehide',()=>s?.close());addEventListener('pageshow',f)})()`;
  return new TextEncoder().encode(`<script${attribute}>${code}</script>\n`);
}

function followedBy(response: WSGIResponse, last: () => Uint8Array | undefined): WSGIResponse {
  const blocks = Array.isArray(response) ? arrayBlocks(response, last) : streamBlocks(response, last);
  const close = response.close?.bind(response);
  return close ? Object.assign(blocks, { close }) : blocks;
}

/** An array stays one, so that its length is still known. */
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
