import type { FuzzCase } from './_case.ts';

/** What a client got on a connection, and how that ended. */
export interface Received {
  readonly text: string;
  /** The server closed, and the client did not before. */
  readonly isWhole: boolean;
}

export interface Verdict {
  /** The statuses of the final responses. */
  readonly statuses: readonly number[];
  readonly problems: readonly string[];
}

const STATUS_LINE = /HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n/y;

/** Reads the responses of a connection as a client does, and says what is wrong with them. */
export function checkResponses({ ids, breaking, isClean }: FuzzCase, { text, isWhole }: Received): Verdict {
  const statuses: number[] = [];
  const problems: string[] = [];
  let lastId = -1;
  let isLast = false;
  let isCut = false;
  let at = 0;
  while (at < text.length && !isCut) {
    if (isLast) {
      problems.push(`behind the last response came ${shown(text, at)}`);
      break;
    }
    STATUS_LINE.lastIndex = at;
    const match = STATUS_LINE.exec(text);
    const headEnd = text.indexOf('\r\n\r\n', at);
    if (match === null || headEnd === -1) {
      if (match === null && text.length - at > 40) problems.push(`no response but ${shown(text, at)}`);
      isCut = true;
      break;
    }
    const status = Number(match[1]);
    const head = text.slice(at, headEnd + 2);
    at = headEnd + 4;
    if (status === 100) continue;
    statuses.push(status);
    isLast = /\r\nconnection: close\r\n/i.test(head);
    const end = bodyEnd({ text, isWhole }, at, head, status);
    isCut = end === undefined;
    at = end ?? text.length;
    const id = field(head, 'x-id');
    if (!id) continue;
    const position = ids.indexOf(id);
    if (position === -1 && isClean) problems.push(`a response to somebody else: ${id}`);
    else if (isClean && position <= lastId) problems.push(`a response out of order: ${id}`);
    lastId = Math.max(lastId, position);
    if (isClean && end !== undefined && !isMarked(text.slice(headEnd + 4, end), head, id))
      problems.push(`the body of ${id} is not its own`);
  }
  const isBrokenOff = isCut || breaking.includes(ids[statuses.length] ?? '');
  if (isClean && isWhole && !isLast && !isBrokenOff && statuses.length < ids.length)
    problems.push(`${statuses.length} responses to ${ids.length} requests, and none is the last`);
  return { statuses, problems };
}

/** Where the body of a response ends; `undefined` when it is cut short. */
function bodyEnd(
  { text, isWhole }: Received,
  start: number,
  head: string,
  status: number,
): number | undefined {
  if (status === 204 || status === 304 || field(head, 'x-method') === 'HEAD') return start;
  // A response that the server made in the application's place does not say what it answers.
  if (field(head, 'x-method') === undefined && text.startsWith('HTTP/1.1 ', start)) return start;
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(head)) return chunksEnd(text, start);
  const length = field(head, 'content-length');
  if (length === undefined) return isWhole ? text.length : undefined;
  if (field(head, 'x-method') === undefined && start === text.length) return start;
  const end = start + Number(length);
  return end > text.length ? undefined : end;
}

function chunksEnd(text: string, start: number): number | undefined {
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) return undefined;
    at = lineEnd + 2 + size + 2;
    if (at > text.length) return undefined;
    if (size === 0) return at;
  }
}

/** The application marks the bodies that it makes with the request's id, at both ends. */
function isMarked(body: string, head: string, id: string): boolean {
  if (field(head, 'x-marked') === undefined || field(head, 'x-method') === 'HEAD') return true;
  return body.includes(`<${id}>`) && body.includes(`</${id}>`);
}

function field(head: string, name: string): string | undefined {
  const at = head.toLowerCase().indexOf(`\r\n${name}: `);
  if (at === -1) return undefined;
  const start = at + name.length + 4;
  return head.slice(start, head.indexOf('\r\n', start));
}

function shown(text: string, at: number): string {
  return JSON.stringify(text.slice(at, at + 200));
}
