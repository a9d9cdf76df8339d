import type { Failure } from '../../worker/messages.ts';
import { selfWrittenNotice } from '../changes/self-written-notice.ts';
import type { ToArbiter } from '../messages.ts';
import type { DevReport } from './dev-report.ts';
import type { LiveReload } from './endpoints/live-reload.ts';
import { lostWorker } from './failures/exit-failure.ts';
import type { Load } from './load.ts';

/** Reports loads to the terminal and to open pages, and passes on the reports of workers. It makes no decisions. */
export class Announcements {
  readonly #report: DevReport;
  readonly #liveReload: LiveReload | undefined;
  /** Notices that are shown once, although every load sends them. */
  readonly #told = new Set<string>();
  #areUrlsWanted = false;

  constructor(report: DevReport, liveReload: LiveReload | undefined) {
    this.#report = report;
    this.#liveReload = liveReload;
  }

  /** Requests the site's URLs from the worker of the newest load, now or when that worker is ready. */
  showUrls({ state, worker }: Load): void {
    this.#areUrlsWanted = state !== 'ready';
    if (state === 'ready') worker!.send({ type: 'show-urls' });
  }

  /**
   * Called when the newest load is ready to answer.
   *
   * @param id The load's name in pages.
   */
  ready(load: Load, id: string, failure: Failure | undefined): void {
    if (this.#areUrlsWanted) this.showUrls(load);
    this.#liveReload?.announce(id);
    const { number: generation, changed, startedAt } = load;
    this.#report.onLoaded({ generation, changed, failure, ms: Date.now() - startedAt });
  }

  /**
   * Called when the worker of the newest load has ended unexpectedly. If a page will show the reason, that load prints
   * it on the terminal too.
   */
  lost(load: Load, failure: Failure, isWaitedFor: boolean): void {
    if (!isWaitedFor || !load.isHopeless) this.#report.onFailure(lostWorker(failure, isWaitedFor));
  }

  /** Called when the site itself has changed these files while it was loading. */
  selfWritten(files: readonly string[], root: string): void {
    this.#report.onNotice(selfWrittenNotice(files, root));
  }

  /** Passes on a message of a worker. @param isNewest Whether it is the worker of the newest load. */
  pass(message: ToArbiter, isNewest: boolean): void {
    switch (message.type) {
      case 'answered':
      case 'free':
        for (const request of message.answered) this.#report.onRequest(request);
        return;
      case 'notice':
        if (!(message.isOnce && this.#told.has(message.text))) this.#report.onNotice(message.text);
        if (message.isOnce) this.#told.add(message.text);
        return;
      case 'styles-changed':
        this.#liveReload?.announceStyles();
        return;
      case 'findings':
        if (isNewest) this.#report.onFindings(message.findings);
        return;
      case 'urls':
        this.#report.onUrls(message.text);
    }
  }
}
