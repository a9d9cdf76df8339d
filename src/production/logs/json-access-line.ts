import type { ResponseRecord } from '../../servers/response-record.ts';
import type { AccessClock } from './access-clock.ts';
import { basicUser, shownStatus } from './access-facts.ts';
import { asciiJson, asciiOnly } from './ascii-text.ts';
import { threeDigits } from './three-digits.ts';

/** Makes one JSON object per line, in ASCII. Missing data of a request is omitted. */
export function jsonAccessLine(clock: AccessClock): (record: ResponseRecord) => string {
  const digits = threeDigits();
  const pid = `,"pid":${process.pid}`;
  return (record) => {
    const { method, target, httpVersion, bytes, durationMs, remoteAddress, isAborted } = record;
    const us = Math.round(durationMs * 1_000);
    let line = `{"time":"${clock.iso()}"${member('client', remoteAddress)}`;
    line += `${member('user', basicUser(record))},"method":${asciiJson(method)},"target":${asciiJson(target)}`;
    line += `,"protocol":"HTTP/${httpVersion}","status":${shownStatus(record)},"bytes":${bytes}`;
    line += `,"durationMs":${Math.floor(us / 1_000)}.${digits[us % 1_000]}`;
    line += member('referer', record.requestHeader('referer'));
    line += member('userAgent', record.requestHeader('user-agent'));
    if (isAborted) line += ',"aborted":true';
    return `${line}${pid}}\n`;
  };
}

/** Shortens the longest texts of a line until the line is within the limit, and marks the line as shortened. */
export function cutJsonLine(line: string, most: number): string {
  const object: Record<string, unknown> = { ...JSON.parse(line), cut: true };
  const lengthOf = (name: string) => String(object[name]).length;
  for (;;) {
    const shorter = `${asciiOnly(JSON.stringify(object))}\n`;
    const longest = Object.keys(object).reduce((a, b) => (lengthOf(b) > lengthOf(a) ? b : a));
    const text = object[longest];
    if (shorter.length <= most || typeof text !== 'string') return shorter;
    object[longest] = text.slice(0, text.length >> 1);
  }
}

function member(name: string, text: string | undefined): string {
  return text === undefined ? '' : `,"${name}":${asciiJson(text)}`;
}
