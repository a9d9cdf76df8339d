import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { RequestLimitOptions } from '../servers/request-limits.ts';

/** The limits of a request's head. */
export type LimitOptions = Pick<
  RequestLimitOptions,
  'limitRequestLine' | 'limitRequestFields' | 'limitRequestFieldSize' | 'limitRequestHead'
>;

/** Adds the options. Their names, and the meaning of 0, are those of gunicorn. */
export function addLimitOptions(command: Command): Command {
  return [
    ['--limit-request-line <bytes>', 'the maximum length of the request line, 0 for no limit (8190)'],
    ['--limit-request-fields <count>', 'the maximum number of header fields, 0 for no limit (100)'],
    ['--limit-request-field-size <bytes>', 'the maximum size of one header field, 0 for no limit (16384)'],
    [
      '--limit-request-head <bytes>',
      'the maximum size of the head, line and fields together, 0 for no limit (65536)',
    ],
  ].reduce(
    (extended, [flag, description]) => extended.option(flag!, description!, wholeNumberOf(flag!)),
    command,
  );
}

/** Selects the limits among a command's options. */
export function limitsOf(options: LimitOptions): LimitOptions {
  const { limitRequestLine, limitRequestFields, limitRequestFieldSize, limitRequestHead } = options;
  return { limitRequestLine, limitRequestFields, limitRequestFieldSize, limitRequestHead };
}

function wholeNumberOf(flag: string): (text: string) => number {
  const [name] = flag.split(' ');
  return (text) => {
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new UsageError(`${name} takes a whole number, 0 for no limit, and got '${text}'.`);
  };
}
