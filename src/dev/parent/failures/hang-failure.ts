import { SILENCE_MS } from '../../../arbiter/heartbeat.ts';
import type { Whereabouts } from '../../../arbiter/worker-handle.ts';
import { codeFrame } from '../../../files/code-frame.ts';
import type { Failure } from '../../../worker/messages.ts';
import { siteFrame } from './site-frame.ts';

/** The time that a blocked worker gets after another one has replaced it. */
export const STUCK_TIMEOUT_MS = 30_000;

/**
 * The failure to show while the site has been loading for a long time.
 *
 * @param where The state of the process. Empty when its event loop is running, and a module waits for something.
 */
export function longLoadFailure(ms: number, root: string, { stack, rest }: Whereabouts = {}): Failure {
  const place = siteFrame(stack, root);
  const seconds = ms / 1000;
  if (place === undefined) {
    const doing = stack === undefined ? 'a module waits at its top level' : 'it is busy';
    return {
      name: 'LongLoad',
      message: `The site is still loading after ${seconds} s${rest === undefined ? `: ${doing}.` : `. ${rest}`}`,
      hint: 'The site is served when it has loaded. If the load never ends, fix it and save.',
      stack,
    };
  }
  return {
    name: 'LongLoad',
    message: `${place.label}: the site is still loading after ${seconds} s, and is busy here.`,
    hint: 'The site is served when it has loaded. If this is an endless loop, fix it and save.',
    codeFrame: codeFrame(place),
    stack,
  };
}

/** The failure for a worker that is blocked by one request. */
export function stuckFailure(stack: string): Failure {
  return {
    name: 'Stuck',
    message: `A request has kept the site's process busy for more than ${SILENCE_MS / 1000} s. Is there an endless loop?`,
    hint:
      `Other requests are answered by a new process. This one is ended if the request takes ${STUCK_TIMEOUT_MS / 1000} s more: ` +
      'fix it and save.',
    stack,
  };
}

/** The notice that a blocked worker has been ended. */
export function endedNotice(pid: number | undefined): string {
  return `The site's process (${pid}) was ended: a request kept it busy for ${STUCK_TIMEOUT_MS / 1000} s more.`;
}

/** The failure for the request that blocked the worker. */
export function busyFailure(stack: string): Failure {
  return {
    name: 'Stuck',
    message: `A request kept the site's process busy for more than ${STUCK_TIMEOUT_MS / 1000} s, and the process was ended.`,
    hint: 'If this is an endless loop, fix it and save.',
    stack,
  };
}

/** The notice about a worker that does not answer and whose stack cannot be read. */
export function restNotice(pid: number | undefined, rest = 'Its position cannot be read.'): string {
  return `The site's process (${pid}) has answered no request for ${SILENCE_MS / 1000} s; requests wait for it. ${rest}`;
}
