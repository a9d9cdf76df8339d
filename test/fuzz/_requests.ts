import type { Random } from './_random.ts';

/** A request that is sound, but for what the fuzzer does to its bytes. */
export interface FuzzRequest {
  readonly id: string;
  /** Whether its response may end the connection in the middle, or instead. */
  readonly mayBreakOff: boolean;
  readonly bytes: Buffer;
}

/** What `_application.js` answers to. */
const PATHS = [
  'array',
  'async',
  'stream',
  'endless',
  'echo',
  'part',
  'early',
  'write',
  'throw',
  'break',
  'short',
  'long',
  'empty',
  'none',
  'large',
  'view',
  'view/form',
  'view/stream',
  'view/throw',
  'node',
  'fetch',
  'nowhere',
];
const BREAKING = new Set(['break', 'short']);
const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH'];
const ODD_METHODS = ['TRACE', 'PURGE', 'CONNECT', 'PROPFIND', 'M-SEARCH', 'QUERY'];
const FIELDS = [
  'Accept: */*',
  'Cookie: a=1',
  'Cookie: b=2',
  'X-Empty:',
  'Accept-Encoding: gzip',
  'Range: bytes=0-1',
  'If-None-Match: *',
  'X_Under: 1',
  'Proxy: http://evil/',
  'Sec-Fetch-Dest: document',
  'X-Latin: \xe9',
];
const ODD_FIELDS = [
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAA',
  'Connection: keep-alive',
  'Connection: close, keep-alive',
  'Keep-Alive: timeout=1',
  'Expect: 100-continue',
  'Expect: wonders',
  'TE: trailers',
  'Trailer: X-Sum',
  'Host: twice',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  `X-Large: ${'a'.repeat(17_000)}`,
  `Cookie: ${'b'.repeat(9_000)}`,
  Array.from({ length: 101 }, (_, i) => `X-${i}: ${i}`).join('\r\n'),
  'X-Control: \x1b[2J',
  'X-Folded: a\r\n b',
];
const ODD_TARGETS = [
  '*',
  '//evil',
  '/a#b',
  '/%00%ff',
  `/${'a'.repeat(9_000)}`,
  'http://other:81/array',
  '/\x9b2J',
];
const TRAILERS = ['X-Sum: 1\r\n', 'Host: y\r\n', 'Content-Length: 3\r\n', 'X: \r\n'];

/**
 * @param id comes back in the response, so that it is known which request it answers
 * @param oddity how likely it is, in each of its parts, that the request is not a common one
 */
export function buildRequest(random: Random, id: string, isLast: boolean, oddity: number): FuzzRequest {
  const method = random.chance(oddity) ? random.pick(ODD_METHODS) : random.pick(METHODS);
  const path = random.pick(PATHS);
  const target = random.chance(oddity) ? random.pick(ODD_TARGETS) : `/${path}?id=${id}`;
  const request = (text: string) => ({ id, bytes: latin1(text), mayBreakOff: BREAKING.has(path) });
  const version = random.chance(0.08) ? '1.0' : '1.1';
  const lines = [`${method} ${target} HTTP/${version}`, 'Host: fuzz'];
  while (random.chance(0.3)) lines.push(random.pick(FIELDS));
  while (random.chance(oddity)) lines.push(random.pick(ODD_FIELDS));
  if (random.chance(isLast ? 0.3 : 0.03)) lines.push('Connection: close');
  const hasBody = method === 'GET' || method === 'HEAD' ? random.chance(0.05) : random.chance(0.8);
  if (!hasBody) return request(`${lines.join('\r\n')}\r\n\r\n`);
  if (random.chance(0.1)) lines.push('Expect: 100-continue');
  if (random.chance(0.3)) lines.push('Content-Type: application/x-www-form-urlencoded');
  const body = 'a=b&'.repeat(random.chance(0.03) ? 40_000 : random.below(40));
  if (random.chance(0.5)) {
    lines.push(`Content-Length: ${body.length}`);
    return request(`${lines.join('\r\n')}\r\n\r\n${body}`);
  }
  lines.push('Transfer-Encoding: chunked');
  return request(`${lines.join('\r\n')}\r\n\r\n${chunked(random, body, oddity)}`);
}

function chunked(random: Random, body: string, oddity: number): string {
  let text = '';
  for (let at = 0; at < body.length; ) {
    const length = 1 + random.below(Math.max(200, body.length / 4));
    const chunk = body.slice(at, at + length);
    const extension = random.chance(0.1) ? ';a="b"' : '';
    text += `${chunk.length.toString(16)}${extension}\r\n${chunk}\r\n`;
    at += length;
  }
  return `${text}0\r\n${random.chance(oddity) ? random.pick(TRAILERS) : ''}\r\n`;
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
