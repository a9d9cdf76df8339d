import type { Socket } from 'node:net';
import type { WorkerExit } from '../../../arbiter/worker-handle.ts';
import { codeFrame } from '../../../files/code-frame.ts';
import { siteLines } from '../../../files/own-files.ts';
import type { Failure } from '../../../worker/messages.ts';
import type { ToArbiter } from '../../messages.ts';
import type { DevReport } from '../dev-report.ts';
import type { DevWorkerHandle } from '../dev-worker-handle.ts';
import { exitFailure } from './exit-failure.ts';
import { busyFailure, endedNotice } from './hang-failure.ts';
import type { LostPageOptions } from './lost-page.ts';
import { siteFrame } from './site-frame.ts';

/** The requests that workers have in hand, and what comes of them when a worker ends before it has answered. */
export class LostRequests {
  readonly #report: Pick<DevReport, 'onRequest' | 'onNotice' | 'onFailure'>;

  constructor(report: Pick<DevReport, 'onRequest' | 'onNotice' | 'onFailure'>) {
    this.#report = report;
  }

  /** @returns whether the message was about that. */
  note(message: ToArbiter, worker: DevWorkerHandle): boolean {
    if (message.type === 'asked')
      worker.asked.set(message.id, { request: message.request, since: Date.now() });
    else if (message.type === 'released') worker.asked.delete(message.id);
    else if (message.type === 'exiting') worker.exitStack = message.stack;
    else return false;
    return true;
  }

  /** Answers the request of a connection in the place of a worker that has ended. */
  async answer(
    connection: Socket,
    id: number,
    worker: DevWorkerHandle,
    exit: WorkerExit,
    options: LostPageOptions & { readonly root: string },
  ): Promise<void> {
    const asked = worker.asked.get(id);
    if (asked === undefined) {
      connection.destroy();
      return;
    }
    const { request, since } = asked;
    // Few runs of the server need it, and it needs half of what a site does.
    const { answerLost } = await import('./lost-page.ts');
    const bytes = await answerLost(connection, request, lostFailure(worker, exit, options.root), options);
    this.#report.onRequest({ ...request, status: 502, bytes, durationMs: Date.now() - since });
  }

  /** A worker that a request had kept busy has ended, by what that does or since it did not end in time. */
  tellStuckEnd(exit: WorkerExit, { pid, stuckAt }: DevWorkerHandle): void {
    if (isOurKill(exit)) this.#report.onNotice(endedNotice(pid));
    else if (exit.code !== 0) this.#report.onFailure({ ...exitFailure(exit), stack: stuckAt! });
  }
}

/** Why a worker has not answered a request, when it has ended. */
function lostFailure(
  { exitStack, stuckAt, isRetired }: Pick<DevWorkerHandle, 'exitStack' | 'stuckAt' | 'isRetired'>,
  exit: WorkerExit,
  root: string,
): Failure {
  if (stuckAt !== undefined && exitStack === undefined) {
    const failure = isOurKill(exit) ? busyFailure(stuckAt) : exitFailure(exit);
    return withCode({ ...failure, stack: stuckAt }, root);
  }
  if (!isRetired || exitStack !== undefined) return withCode(exitFailure(exit, exitStack), root);
  return {
    name: 'Replaced',
    message: 'The site was loaded again while it answered this request, and its old process was ended.',
    hint: 'An open request has 10 s to finish after its code has changed. Send it again.',
  };
}

/** Whether a process that did not end in time was ended so. */
function isOurKill({ signal }: WorkerExit): boolean {
  return signal === 'SIGTERM' || signal === 'SIGKILL';
}

/** A failure with its place in the site, where its stack has one. */
export function withCode(failure: Failure, root: string): Failure {
  const place = siteFrame(failure.stack, root);
  if (place === undefined) return failure;
  const code = codeFrame(place);
  return {
    ...failure,
    stack: siteLines(failure.stack!).join('\n'),
    message: `${place.label}: ${failure.message}`,
    location: { file: place.file, line: place.line, column: place.column },
    ...(code !== undefined && { codeFrame: code }),
  };
}
