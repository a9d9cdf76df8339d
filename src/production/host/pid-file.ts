import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError } from '../../errors.ts';
import { failureHint, failureReason } from '../../files/failure-reason.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { quote } from '../../text/quote.ts';
import { atExit } from '../at-exit.ts';

/**
 * Recognizes servers of this package by their command line. Another process may have received the number of an ended
 * server.
 */
const OUR_COMMAND = /\brun(?:wsgi|fcgi)\b/;

/** A file with the number of this process, which is removed when the process ends. */
export class PidFile {
  readonly #pid: number;
  #file: string;
  readonly #forgetExit: () => void;

  /**
   * Writes the file in one atomic step.
   *
   * @throws {CommandError} if it has the number of a running server, and if it cannot be written.
   */
  constructor(file: string, pid = process.pid) {
    this.#pid = pid;
    this.#file = file;
    const other = serverIn(file);
    if (other !== undefined && other !== pid) {
      throw new CommandError(`The pid file ${quote(file)} belongs to a running server, process ${other}.`, {
        hint: `Stop it (kill ${other}), or name another file by --pid.`,
      });
    }
    checkIsPidFile(file);
    writeWhole(file, `${pid}\n`);
    this.#forgetExit = atExit(() => this.#removeOwn());
  }

  /** Renames the file to that of the replaced server. */
  moveTo(file: string): void {
    try {
      renameSync(this.#file, file);
    } catch (cause) {
      throw cannotBeWritten(file, cause);
    }
    this.#file = file;
  }

  /** Removes the file, if it still has the number of this process. */
  remove(): void {
    this.#forgetExit();
    this.#removeOwn();
  }

  #removeOwn(): void {
    if (numberIn(this.#file) !== this.#pid) return;
    try {
      rmSync(this.#file);
    } catch {
      // Its folder may have become read-only. The next server detects that no process has this number.
    }
  }
}

/** The process in a pid file, if it is a running server of this package. */
function serverIn(file: string): number | undefined {
  const pid = numberIn(file);
  return pid !== undefined && isAlive(pid) && isOurs(pid) ? pid : undefined;
}

function numberIn(file: string): number | undefined {
  const text = readTextIfThere(file)?.trim() ?? '';
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}

/**
 * Refuses a file with other content, which was probably named by mistake. It would be overwritten and later removed.
 */
function checkIsPidFile(file: string): void {
  const text = readTextIfThere(file)?.trim() ?? '';
  if (/^-?\d*$/.test(text)) return;
  throw new CommandError(`The pid file ${quote(file)} exists, and does not contain a process id.`, {
    hint: 'Name another file by --pid, or remove this one.',
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // The process belongs to another user.
  }
}

/** Whether a process is a server of this package. A process whose command line cannot be read counts as one. */
function isOurs(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return OUR_COMMAND.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function writeWhole(file: string, text: string): void {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    rmSync(beside, { force: true });
    writeFileSync(beside, text, { mode: 0o644, flag: 'wx' }); // Created exclusively: in a folder of another user, the path may be that user's link.
    renameSync(beside, file);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw cannotBeWritten(file, cause);
  }
}

function cannotBeWritten(file: string, cause: unknown): CommandError {
  return new CommandError(`The pid file ${quote(file)} cannot be written: ${failureReason(cause)}.`, {
    hint: failureHint(cause, file, 'site.pid'),
    cause,
  });
}
