import { type FuzzCase, makeCase } from './_case.ts';
import { play } from './_client.ts';
import { checkResponses, type Received, type Verdict } from './_responses.ts';
import type { Rest, Target } from './_target.ts';

/** What is fuzzed. */
export type Fuzzed = Pick<Target, 'name' | 'port' | 'hasEnded' | 'faults' | 'log' | 'rest'>;

export interface FuzzOptions {
  readonly seed: number;
  /** How many requests are to be sent, at least. */
  readonly requests: number;
  /** The first case, to play one that failed. @default 0 */
  readonly first?: number;
  /** How many connections are open at once. @default 100 */
  readonly concurrency?: number;
  /** How many requests go before the server is looked at. @default all */
  readonly batch?: number;
  /** What is sent, and what may come. @default HTTP */
  readonly protocol?: FuzzedProtocol;
  readonly onBatch?: (report: FuzzReport, rest: Rest) => void;
}

/** What the requests and the responses of a protocol are. */
export interface FuzzedProtocol {
  /** The same case for the same seed and index. */
  makeCase(seed: number, index: number): FuzzCase;
  check(fuzzCase: FuzzCase, received: Received): Verdict;
}

export const HTTP: FuzzedProtocol = { makeCase, check: checkResponses };

export interface FuzzReport {
  connections: number;
  requests: number;
  /** How many responses had which status. */
  readonly statuses: Record<number, number>;
  /** What must not be: the case and what it did. */
  readonly failures: string[];
}

/** Memory that a server may have more of than when it had warmed up: its caches, and a heap in pieces. */
const GROWTH_BYTES = 24 * 1024 * 1024;
const RESIDENT_GROWTH_BYTES = 160 * 1024 * 1024;
const MOST_FAILURES = 20;

/** Asks a server what a seed says, and looks for crashes, hangs, responses that must not be, and what stays open. */
export async function fuzz(target: Fuzzed, options: FuzzOptions): Promise<FuzzReport> {
  const { requests, batch = requests, onBatch } = options;
  const report: FuzzReport = { connections: 0, requests: 0, statuses: {}, failures: [] };
  let warm: Rest | undefined;
  let next = options.first ?? 0;
  while (report.requests < requests && report.failures.length < MOST_FAILURES) {
    next = await playBatch(target, options, report, next, Math.min(report.requests + batch, requests));
    if (target.hasEnded) {
      report.failures.push(`the server has ended: ${target.log.slice(-2_000)}`);
      return report;
    }
    const rest = await target.rest().catch((error: unknown) => {
      report.failures.push(`the server does not answer at rest: ${error}`);
      return undefined;
    });
    for (const fault of target.faults.splice(0)) report.failures.push(`the server said: ${fault}`);
    if (rest === undefined) return report;
    warm ??= rest;
    checkRest(rest, warm, report);
    onBatch?.(report, rest);
  }
  return report;
}

async function playBatch(
  target: Fuzzed,
  { seed, concurrency = 100, protocol = HTTP }: FuzzOptions,
  report: FuzzReport,
  first: number,
  until: number,
): Promise<number> {
  let next = first;
  let sent = report.requests;
  const player = async () => {
    while (sent < until && !target.hasEnded && report.failures.length < MOST_FAILURES) {
      const fuzzCase = patientCase(target, protocol.makeCase(seed, next++));
      sent += fuzzCase.ids.length;
      const received = await play(fuzzCase, target.port);
      report.connections += 1;
      report.requests += fuzzCase.ids.length;
      const { statuses, problems } = protocol.check(fuzzCase, received);
      for (const status of statuses) report.statuses[status] = (report.statuses[status] ?? 0) + 1;
      const found = [...problems];
      if (received.isHanging) found.push('the connection was never closed');
      if (received.isRefused) found.push('the connection was not accepted');
      for (const problem of found) report.failures.push(`case ${fuzzCase.index}: ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, player));
  return next;
}

/** The time-outs of runserver are too long to wait for: a client closes its side in place of that. */
function patientCase({ name }: Fuzzed, fuzzCase: FuzzCase): FuzzCase {
  const isRunserver = name === 'runserver' || name === 'noreload';
  return isRunserver && fuzzCase.leaving === 'waits' ? { ...fuzzCase, leaving: 'half-closes' } : fuzzCase;
}

function checkRest(rest: Rest, warm: Rest, { failures }: FuzzReport): void {
  if (rest.open > 0) failures.push(`${rest.open} responses of the application are open at rest`);
  if (rest.openRequests > 0) failures.push(`${rest.openRequests} requests are open at rest`);
  if (rest.sockets > 1) failures.push(`${rest.sockets} connections are open at rest`);
  if (rest.pid !== warm.pid) failures.push('the worker has ended');
  const growth = rest.memory - warm.memory;
  if (growth > GROWTH_BYTES) failures.push(`the heap has grown by ${growth} bytes`);
  const resident = rest.resident - warm.resident;
  if (resident > RESIDENT_GROWTH_BYTES) failures.push(`the process has grown by ${resident} bytes`);
}
