import type { ResponseRecord } from '../../servers/response-record.ts';
import type { FileOwner } from '../host/identity.ts';
import { compileAccessLogFormat } from './access-log-format.ts';
import { cutJsonLine } from './json-access-line.ts';
import { logTarget } from './log-target.ts';
import { LogWriter } from './log-writer.ts';

export interface AccessLogOptions {
  /** A file, or `-` for stdout. */
  readonly target: string;
  /** A format that `checkAccessLogFormat()` accepts. */
  readonly format: string;
  /** The owner of a new file if root opens it for workers of another user. @default root */
  readonly owner?: FileOwner | undefined;
  /** Called with a problem of the log itself. */
  readonly onTrouble: (text: string) => void;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface AccessLog {
  log(record: ResponseRecord): void;
  /** Reopens the file. @returns false if that has failed, so that the open file stays in use */
  reopen(): boolean;
}

const CUT_MARK = ' (cut)\n';

/**
 * Makes a log with one line per response. Several processes may write to the same file or pipe.
 *
 * @throws {CommandError} if the file cannot be opened.
 * @throws {ImproperlyConfigured} for a wrong format.
 */
export function createAccessLog({ target, format, owner, onTrouble, now }: AccessLogOptions): AccessLog {
  const formatLine = compileAccessLogFormat(format, now);
  const writer = new LogWriter({ target: logTarget(target, 1), name: 'access log', owner, onTrouble });
  const cut = format === 'json' ? cutJsonLine : cutLine;
  return {
    log(record) {
      const line = formatLine(record);
      writer.write(line.length > writer.wholeBytes ? cut(line, writer.wholeBytes) : line);
    },
    reopen: () => writer.reopen(),
  };
}

function cutLine(line: string, most: number): string {
  return line.slice(0, most - CUT_MARK.length) + CUT_MARK;
}
