import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';
import { findCgroups, lines, readLimit } from './cgroup.ts';

/** The number of workers for `--workers auto`, and its reason. */
interface WorkerCount {
  readonly count: number;
  /** For the log: `2, since cpu.max allows 2.5 of 64 CPUs`. */
  readonly reason: string;
}

/** The private memory of a worker of a small site (`bench/production.js`, Node 20 to 26). */
const LEAST_WORKER_BYTES = 20 * 2 ** 20;

/** How many workers fit in the memory that this process may use. */
export function mostWorkers(): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.max(1, Math.floor(bytes / LEAST_WORKER_BYTES));
}

/** The facts of the host. Tests replace them. */
interface HostCpus {
  /** The folder that has `proc` and `sys`. @default '/' */
  readonly root?: string;
  /** @default the number that Node reports */
  readonly total?: number;
}

interface Quota {
  readonly cpus: number;
  /** The kernel file with the limit. */
  readonly file: string;
}

/**
 * One worker for each CPU that this process may use: the smallest quota of its control groups (version 1 and 2, all
 * groups on the way up), and at most the CPUs that it may run on (`cpuset`, `taskset`). At least 1.
 *
 * Node's own `availableParallelism()` does not know quotas on Node 20, and passes over those below one CPU until
 * https://github.com/nodejs/node/issues/59200.
 *
 * @example countWorkers().reason // '2, since cpu.max allows 2.5 of 64 CPUs'
 */
export function countWorkers({ root = '/', total = cpus().length }: HostCpus = {}): WorkerCount {
  const usable = usableCpus(root) ?? (availableParallelism() || 1);
  const quota = smallestQuota(root);
  if (quota !== undefined && quota.cpus < usable) {
    const count = Math.max(1, Math.floor(quota.cpus));
    return {
      count,
      reason: `${count}, since ${quota.file} allows ${rounded(quota.cpus)} of ${countOf(total)}`,
    };
  }
  const reason =
    usable < total
      ? `${usable}, since this process may run on ${usable} of ${countOf(total)}`
      : `${usable}, one for each CPU`;
  return { count: usable, reason };
}

/** The CPUs that the scheduler lets this process use. Undefined without /proc. */
function usableCpus(root: string): number | undefined {
  const line = lines(path.join(root, 'proc/self/status')).find((text) =>
    text.startsWith('Cpus_allowed_list:'),
  );
  const ranges = line?.slice('Cpus_allowed_list:'.length).trim();
  if (!ranges || !/^[\d,-]+$/.test(ranges)) return undefined;
  return ranges.split(',').reduce((sum, range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return sum + last - first + 1;
  }, 0);
}

function smallestQuota(root: string): Quota | undefined {
  const quotas = findCgroups(root, 'cpu').flatMap(({ version, folders }) =>
    folders.flatMap((folder) => (version === 2 ? quotaOf2(folder) : quotaOf1(folder)) ?? []),
  );
  return quotas.reduce<Quota | undefined>(
    (least, quota) => (least === undefined || quota.cpus < least.cpus ? quota : least),
    undefined,
  );
}

/** `max 100000`, or `250000 100000`: microseconds of CPU time in each period. */
function quotaOf2(folder: string): Quota | undefined {
  const [quota, period] = (lines(path.join(folder, 'cpu.max'))[0] ?? '').split(' ').map(Number);
  return quotaOf(quota, period, 'cpu.max');
}

function quotaOf1(folder: string): Quota | undefined {
  const file = 'cpu.cfs_quota_us';
  return quotaOf(readLimit(folder, file), readLimit(folder, 'cpu.cfs_period_us'), file);
}

function quotaOf(quota = 0, period = 0, file: string): Quota | undefined {
  return quota > 0 && period > 0 ? { cpus: quota / period, file } : undefined;
}

function rounded(value: number): string {
  return String(Number(value.toFixed(2)));
}

function countOf(total: number): string {
  return total === 1 ? '1 CPU' : `${total} CPUs`;
}
