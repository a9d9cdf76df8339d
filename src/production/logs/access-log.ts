import type { ResponseRecord } from '../../servers/response-record.ts';
import type { FileOwner } from '../host/identity.ts';
import { compileAccessLogFormat } from './access-log-format.ts';
import { cutJsonLine } from './json-access-line.ts';
import { logTarget } from './log-target.ts';
import { LogWriter } from './log-writer.ts';

export interface AccessLogOptions {
  /** A file, or `-` for stdout. */
  readonly target: string;
  /** As `checkAccessLogFormat()` takes it. */
  readonly format: string;
  /** The owner that a new file gets, when root opens it for workers of another user. @default root keeps it */
  readonly owner?: FileOwner | undefined;
  /** Called with what is wrong with the log itself. */
  readonly onTrouble: (text: string) => void;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export interface AccessLog {
  log(record: ResponseRecord): void;
  /** Opens the file anew. @returns false where that failed, and the file that is open stays in use */
  reopen(): boolean;
}

const CUT_MARK = ' (cut)\n';

/**
 * Makes a log with a line for each response. Several processes may have one for the same file or pipe.
 *
 * @throws {CommandError} when the file cannot be opened.
 * @throws {ImproperlyConfigured} for a format that is wrong.
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
