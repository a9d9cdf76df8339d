import type { WorkerExit } from '../../arbiter/worker-handle.ts';
import { isForeignFrame } from '../../files/own-files.ts';
import { ABORTED } from '../../worker/stop.ts';
import type { Vitals } from '../messages.ts';
import { INDENT, requestLines } from '../request-lines.ts';
import type { ProductionWorkerHandle } from './production-worker-handle.ts';

type Deceased = Pick<
  ProductionWorkerHandle,
  'pid' | 'startedAt' | 'vitals' | 'vitalsAt' | 'lastWords' | 'killedFor' | 'killedAt'
>;

const MIB = 1024 * 1024;

/**
 * The report about a worker that has died, as one block of lines: the reason, the JavaScript position, its open
 * requests, its memory.
 *
 * @param now from `uptimeMs()`
 */
export function deathCertificate(worker: Deceased, exit: WorkerExit, now: number): string {
  const { pid, killedAt, lastWords, vitals, vitalsAt, startedAt } = worker;
  const lines = [`Worker ${pid ?? '(never started)'} died: ${causeOf(worker, exit)}.`];
  const where = killedAt ?? lastWords?.stack;
  if (where) lines.push('It was here:', ...shownFrames(where));
  if (vitals !== undefined) {
    const ageMs = now - vitalsAt;
    const isExact = lastWords !== undefined || killedAt !== undefined;
    const asOf = !isExact && ageMs >= 50 ? `, ${seconds(ageMs)} before` : '';
    lines.push(...inHandLines(vitals, asOf), memoryLine(vitals));
    lines.push(`It had answered ${vitals.requests} requests in ${seconds(now - startedAt)}.`);
  }
  return lines.join('\n');
}

/** The reason for a worker's death, in a few words that follow its name. */
export function causeOf(
  { killedFor, lastWords }: Pick<Deceased, 'killedFor' | 'lastWords'>,
  { code, signal, error, isCutOff }: WorkerExit,
): string {
  if (isCutOff)
    return 'its code had closed the channel to the arbiter (a descriptor that was not its own), and it was killed';
  if (error !== undefined) return `it could not be started (${error.message})`;
  if (killedFor !== undefined) return killedFor;
  if (code === ABORTED || signal === 'SIGABRT') return 'it was aborted, as V8 does when its heap is full';
  if (signal === 'SIGKILL') return 'SIGKILL ended it, which the system sends too when memory runs out';
  if (signal !== null) return `${signal} ended it`;
  if (lastWords !== undefined) return `its code ended it with exit code ${code}`;
  return `it ended with exit code ${code}`;
}

function inHandLines({ inHand, openRequests }: Vitals, asOf: string): string[] {
  if (openRequests === 0) return [`It had no open request${asOf}.`];
  return [`Open requests${asOf}: ${openRequests}`, ...requestLines(inHand, openRequests)];
}

function memoryLine({ rss, heapUsed, heapLimit }: Vitals): string {
  const [resident, used, limit] = [rss, heapUsed, heapLimit].map((bytes) => Math.round(bytes / MIB));
  return `Memory: ${resident} MiB resident; heap ${used} of ${limit} MiB.`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** The site's own frames. The frames of this package and of Node are only counted. */
function shownFrames(stack: string): string[] {
  const lines = stack.split('\n');
  const own = lines.filter((line) => !isForeignFrame(line));
  const hidden = lines.length - own.length;
  const more = hidden === 0 ? [] : [`${INDENT}(${hidden} frames of the server or of Node)`];
  return [...own.map((line) => INDENT + line.trim()), ...more];
}
