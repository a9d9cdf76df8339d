import type { ResponseRecord } from '../../servers/response-record.ts';

/** nginx's status for a client that disconnected before the response. Log analysers know it. */
const CLIENT_WENT_AWAY = 499;

/** The status of a response; 499 if there was none. */
export function shownStatus({ status }: ResponseRecord): number {
  return status === 0 ? CLIENT_WENT_AWAY : status;
}

/** The user's name in Basic authentication, which is not verified here. A string of bytes. */
export function basicUser(record: ResponseRecord): string | undefined {
  const authorization = record.requestHeader('authorization');
  if (authorization === undefined) return undefined;
  const credentials = /^basic +([\w+/]+=*)$/i.exec(authorization)?.[1];
  const text = credentials && Buffer.from(credentials, 'base64').toString('latin1');
  return text ? text.split(':', 1)[0] || undefined : undefined;
}

/** The path in a request target, as it was sent. */
export function pathOf({ target }: ResponseRecord): string {
  const local = target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '');
  const questionMark = local.indexOf('?');
  return questionMark === -1 ? local : local.slice(0, questionMark);
}

/** The query in a request target, as it was sent and without its question mark. */
export function queryOf({ target }: ResponseRecord): string {
  const questionMark = target.indexOf('?');
  return questionMark === -1 ? '' : target.slice(questionMark + 1);
}

/** A variable of the environ as text. A value that is not a text, a number or a boolean is omitted. */
export function variableOf({ environ }: ResponseRecord, name: string): string | undefined {
  if (environ === undefined) return undefined;
  const value: unknown = environ[name] ?? environ[name.toUpperCase()];
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
