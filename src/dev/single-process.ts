import type { Finding } from '../checks/finding.ts';
import type { LoadedSettings } from '../conf/load.ts';
import { factsRule, UNKNOWN_ACCESS } from '../handler/errors/page-access.ts';
import type { ResponseRecord } from '../servers/response-record.ts';
import type { Server } from '../servers/server.ts';
import { endOwnChildren, signalOwnChildren } from '../worker/descendants/own-children.ts';
import { PRELOAD_FLAGS } from '../worker/descendants/preload-flags.ts';
import { siteThreads } from '../worker/descendants/site-threads.ts';
import { showErrorsOnTerminal } from '../worker/errors/terminal-error.ts';
import { exitStack } from '../worker/exit-stack.ts';
import { isInspectorOpen, openInspector } from '../worker/inspection/inspector.ts';
import type { Failure } from '../worker/messages.ts';
import { SAVE_CODE_DELAY_MS } from '../worker/own-code.ts';
import { enterSite, serveSite } from '../worker/site/serve-site.ts';
import type { SiteOptions } from '../worker/site/site-options.ts';
import { SiteRuntime } from '../worker/site/site-runtime.ts';
import { HANDLERS_TIMEOUT_MS, runHandlers, type StopSignal, siteHandlers } from '../worker/stop.ts';
import { describeStack, describeStray } from '../worker/stray-error.ts';
import { AbandonedRequests } from './abandoned-requests.ts';
import { IdleChecks } from './child/idle-checks.ts';
import { LastAnswers, siteExit } from './last-answers.ts';
import { loggedRequest } from './logged-request.ts';
import { exitFailure } from './parent/failures/exit-failure.ts';
import type { LoggedRequest } from './request-line.ts';
import { unlessStuck } from './unless-stuck.ts';

interface SingleProcessReport {
  onRequest(facts: LoggedRequest): void;
  onNotice(text: string): void;
  onFindings(findings: readonly Finding[]): void;
  onError(text: string): void;
  onFailure(failure: Failure): void;
}

const ENDED_NOTE = 'The server has ended as well, since --noreload has one process. Start it again.';

/**
 * Loads a site in this process, for `--noreload`.
 *
 * @param saveCode Saves the compiled code of our own modules for the next process.
 * @returns A server for the site, which does not listen yet.
 * @throws the errors of the site.
 */
export async function loadSite(
  site: SiteOptions,
  report: SingleProcessReport,
  saveCode: () => void,
): Promise<Server> {
  enterSite(site);
  showErrorsOnTerminal(site.errorStyle);
  if (site.inspect !== undefined)
    await openInspector(site.inspect, { onTaken: (text) => report.onNotice(text) });
  const builtins = new Map([['node:worker_threads', siteThreads()]]);
  process.execArgv.push(...PRELOAD_FLAGS);
  const runtime = new SiteRuntime(site.root, () => {}, { isInspected: await isInspectorOpen(), builtins });
  const loader = runtime.install([]);
  const lastAnswers = new LastAnswers();
  const abandoned = new AbandonedRequests((facts) => report.onRequest(facts));
  let settings: LoadedSettings | undefined;
  process.on('exit', (code) => {
    signalOwnChildren('SIGTERM');
    const stack = exitStack(code);
    const failure = siteExit(code, stack, site.root);
    // A stack without a frame of the site means a regular end of this process.
    if (failure === undefined) return;
    report.onFailure(exitFailure({ code, signal: null }, stack));
    const maySeeFacts = factsRule(settings?.values ?? UNKNOWN_ACCESS);
    for (const facts of lastAnswers.answer(failure, maySeeFacts, { note: ENDED_NOTE }))
      report.onRequest(facts);
  });
  process.on('uncaughtException', (error, origin) => report.onError(describeStray(error, origin)));
  let isCodeSaved = false;
  const siteReport = {
    onResponse(record: ResponseRecord, error?: string) {
      if (abandoned.has(record.environ)) return;
      report.onRequest(loggedRequest(record, error));
      if (isCodeSaved) return;
      isCodeSaved = true;
      setTimeout(saveCode, SAVE_CODE_DELAY_MS).unref();
    },
    onNotice: (text: string) => report.onNotice(text),
  };
  const served = serveSite(loader, site, siteReport, {
    onSettings: (loaded) => {
      settings = loaded;
    },
    watch: (application) => lastAnswers.watch(abandoned.watch(application)),
  });
  const server = await unlessStuck(served);
  runtime.saveCache();
  if (!site.skipChecks) {
    const isBusy = () => server.openRequests > 0;
    new IdleChecks({
      ...site,
      settings: settings!,
      isBusy,
      onFindings: (found) => report.onFindings(found),
      onNotice: (text) => report.onNotice(text),
    });
  }
  return server;
}

/**
 * Ends the site's work, as at the end of a worker.
 *
 * @param ours Handlers of signals that do not belong to the site.
 */
export async function endSite(
  server: Server,
  signal: StopSignal,
  ours: readonly (() => void)[],
  onError: (text: string) => void,
): Promise<void> {
  void server.close({ timeoutMs: 0 });
  const handlers = siteHandlers(signal, ours);
  const called = process.rawListeners(signal);
  if (handlers.some((handler) => called.includes(handler)))
    await new Promise((resolve) => setTimeout(resolve, HANDLERS_TIMEOUT_MS));
  else await runHandlers(handlers, signal, (error) => onError(describeStack(error)));
  await endOwnChildren();
}
