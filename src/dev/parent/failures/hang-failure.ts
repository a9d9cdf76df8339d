import path from 'node:path';
import { SILENCE_MS } from '../../../arbiter/heartbeat.ts';
import type { Whereabouts } from '../../../arbiter/worker-handle.ts';
import { codeFrame } from '../../../files/code-frame.ts';
import { shownPlace } from '../../../files/shown-path.ts';
import { findFrame } from '../../../text/find-frame.ts';
import type { Failure } from '../../../worker/messages.ts';

/**
 * What to answer while the site has not loaded for long.
 *
 * @param where Where it is; nowhere when it turns its event loop, and waits for something.
 */
export function longLoadFailure(ms: number, root: string, { stack, rest }: Whereabouts = {}): Failure {
  const place = siteFrame(stack, root);
  const what = `the site is still loading after ${ms / 1000} s`;
  if (place === undefined) {
    const doing = stack === undefined ? 'a module waits at its top level' : 'it is busy';
    return {
      name: 'LongLoad',
      message: rest === undefined ? `T${what.slice(1)}: ${doing}.` : `T${what.slice(1)}. ${rest}`,
      hint: 'It is served when it has loaded. If that never comes, fix it and save.',
      stack,
    };
  }
  return {
    name: 'LongLoad',
    message: `${place.label}: ${what}, and is busy here.`,
    hint: 'It is served when it has loaded. If this is a loop without end, fix it and save.',
    codeFrame: codeFrame(place),
    stack,
  };
}

/** The notice about a worker that one request keeps from answering all others. */
export function stuckNotice(root: string, stack: string, timeoutMs: number): string {
  const place = siteFrame(stack, root);
  const where = place === undefined ? '' : `${place.label}: `;
  return (
    `${where}a request has kept the site's process busy for ${SILENCE_MS / 1000} s. A loop without end?\n${stack}\n` +
    `Other requests are answered by a new process. This one is ended if it goes on for ${timeoutMs / 1000} s more.`
  );
}

/** The notice about a worker that does not answer, and shows no stack. */
export function restNotice(pid: number | undefined, rest = 'Where it is cannot be seen.'): string {
  return `The site's process (${pid}) has answered nobody for ${SILENCE_MS / 1000} s; requests wait for it. ${rest}`;
}

function siteFrame(stack: string | undefined, root: string) {
  const isOfSite = (file: string) =>
    file.startsWith(root + path.sep) && !file.includes(`${path.sep}node_modules${path.sep}`);
  const place = stack === undefined ? undefined : findFrame(stack, isOfSite);
  if (place === undefined) return undefined;
  return { ...place, label: shownPlace(place, root) };
}
