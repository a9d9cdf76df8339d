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

/** Records the requests in flight of each worker, and answers them when a worker ends before it has answered. */
export class LostRequests {
  readonly #report: Pick<DevReport, 'onRequest' | 'onNotice' | 'onFailure'>;

  constructor(report: Pick<DevReport, 'onRequest' | 'onNotice' | 'onFailure'>) {
    this.#report = report;
  }

  /** Handles a message about requests in flight. @returns whether it was such a message. */
  note(message: ToArbiter, worker: DevWorkerHandle): boolean {
    if (message.type === 'asked')
      worker.asked.set(message.id, { request: message.request, since: Date.now() });
    else if (message.type === 'released') worker.asked.delete(message.id);
    else if (message.type === 'exiting') worker.exitStack = message.stack;
    else return false;
    return true;
  }

  /** Answers the request of a connection for a worker that has ended. */
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
    // A dynamic import: few runs of the server need it, and it loads half of what a site needs.
    const { answerLost } = await import('./lost-page.ts');
    const bytes = await answerLost(connection, request, lostFailure(worker, exit, options.root), options);
    this.#report.onRequest({ ...request, status: 502, bytes, durationMs: Date.now() - since });
  }

  /**
   * Reports the end of a worker that a request had blocked. The request's code ended it, or the arbiter did after the
   * time limit.
   */
  tellStuckEnd(exit: WorkerExit, { pid, stuckAt }: DevWorkerHandle): void {
    if (isOurKill(exit)) this.#report.onNotice(endedNotice(pid));
    else if (exit.code !== 0) this.#report.onFailure({ ...exitFailure(exit), stack: stuckAt! });
  }
}

/** The reason why a worker has ended before it answered a request. */
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

/** Whether the arbiter has ended the process after a time limit. */
function isOurKill({ signal }: WorkerExit): boolean {
  return signal === 'SIGTERM' || signal === 'SIGKILL';
}

/** A failure with the site's code at the place of its stack, if there is one. */
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
