import { closeSync, constants, fchownSync, fstatSync, openSync, type Stats } from 'node:fs';
import { CommandError } from '../../errors.ts';
import { failureHint, failureReason } from '../../files/failure-reason.ts';
import { fstatIfOpen } from '../../files/stat-if-there.ts';
import { quote } from '../../text/quote.ts';
import type { FileOwner } from '../host/identity.ts';

/** The target of a log: 1 for our stdout, 2 for our stderr, or a file. */
export type LogTarget = 1 | 2 | string;

/** An open log, with the way to write to it. */
export interface OpenTarget {
  readonly fd: number;
  /**
   * A write up to this number of bytes is completed as a whole or not at all, even if other processes write to the same
   * target.
   */
  readonly wholeBytes: number;
  /** Whether Node has pending output for the same target, which must not be interrupted. */
  isBusy(): boolean;
  close(): void;
}

// O_NONBLOCK: does not wait for the reader of a pipe. O_NOCTTY: does not take a terminal. Windows has neither flag.
const FLAGS =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NONBLOCK ?? 0) |
  (constants.O_NOCTTY ?? 0);

const MODE = 0o644;

/** Linux's PIPE_BUF (pipe(7)). */
const WHOLE_PIPE_BYTES = 4_096;
/** The output of a Node child process may be a unix socket. Linux keeps a write of this size to it in one message. */
const WHOLE_SOCKET_BYTES = 32_768;

const STANDARD: Readonly<Record<string, 1 | 2>> = { '/dev/stdout': 1, '/dev/stderr': 2 };

/**
 * Reads a setting. `-` is one of our own outputs, and so are `/dev/stdout` and `/dev/stderr`, which not every user may
 * open.
 */
export function logTarget(setting: string, standard: 1 | 2): LogTarget {
  return setting === '-' ? standard : (STANDARD[setting] ?? setting);
}

/** The target for a message: `stdout`, `'/var/log/mysite.log'`. */
export function shownTarget(target: LogTarget): string {
  if (typeof target === 'string') return quote(target);
  return target === 1 ? 'stdout' : 'stderr';
}

/**
 * Opens a log for appending. A missing file is created.
 *
 * @throws {CommandError} if it cannot be opened.
 */
export function openTarget(target: LogTarget, owner?: FileOwner): OpenTarget {
  return typeof target === 'string' ? openFile(target, owner) : openStandard(target);
}

/**
 * Creates an access log for processes that may not create a file in its folder themselves.
 *
 * @param setting as for `logTarget()`
 * @throws {CommandError} if it cannot be opened.
 */
export function makeLogFile(setting: string, owner?: FileOwner): void {
  openTarget(logTarget(setting, 1), owner).close();
}

function openFile(file: string, owner: FileOwner | undefined): OpenTarget {
  try {
    const fd = (owner && makeFor(owner, file)) ?? openSync(file, FLAGS, MODE);
    return {
      fd,
      wholeBytes: wholeBytesOf(fstatSync(fd)),
      isBusy: () => false,
      close: () => closeSync(fd),
    };
  } catch (cause) {
    throw new CommandError(`The log file ${quote(file)} cannot be opened: ${failureReason(cause)}.`, {
      hint: failureHint(cause, file, 'site.log'),
      cause,
    });
  }
}

/**
 * Creates a file for another owner. An existing file keeps its owner: in a folder of another user, it may be that
 * user's link to a file of root (CVE-2016-1247).
 *
 * @returns undefined if it exists
 */
function makeFor({ uid, gid }: FileOwner, file: string): number | undefined {
  let fd: number;
  try {
    fd = openSync(file, FLAGS | constants.O_EXCL, MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  // Without the right to change owners, the workers run as the same user.
  if (process.getuid?.() === 0) fchownSync(fd, uid, gid);
  return fd;
}

function openStandard(fd: 1 | 2): OpenTarget {
  const stats = fstatIfOpen(fd);
  const isShared = stats?.isFIFO() || stats?.isSocket();
  // Node makes a pipe non-blocking as soon as its stream is used.
  const stream = isShared ? (fd === 1 ? process.stdout : process.stderr) : undefined;
  return {
    fd,
    wholeBytes: wholeBytesOf(stats),
    isBusy: () => stream !== undefined && stream.writableLength > 0,
    close() {},
  };
}

function wholeBytesOf(stats: Stats | undefined): number {
  if (stats?.isFIFO()) return WHOLE_PIPE_BYTES;
  return stats?.isSocket() ? WHOLE_SOCKET_BYTES : Number.POSITIVE_INFINITY;
}
