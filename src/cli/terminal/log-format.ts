import { Option } from 'commander';
import type { SiteOptions } from '../../worker/site/site-options.ts';
import type { DevOutput } from './dev-output.ts';
import { DevTerminal, type DevTerminalOptions } from './dev-terminal.ts';
import { errorStyle, WHOLE_ERRORS } from './error-style.ts';
import { JsonLog } from './json-log.ts';

/** The values of `--log-format`. */
export type LogFormat = 'text' | 'json';

export function logFormatOption(): Option {
  return new Option('--log-format <format>', 'the log lines: text, or a JSON object for each')
    .choices(['text', 'json'])
    .default('text', 'text');
}

/** @param isWhole Whether stacks are shown unchanged. */
export function outputFor(
  format: LogFormat,
  isWhole: boolean,
  facts: Pick<DevTerminalOptions, 'root' | 'settings' | 'version' | 'held'>,
): DevOutput {
  return format === 'json'
    ? new JsonLog(facts)
    : new DevTerminal({ ...facts, errorStyle: () => errorStyle(isWhole) });
}

/** The options for logging errors of requests in a site's process. */
export function errorOptions(
  format: LogFormat,
  isWhole: boolean,
): Pick<SiteOptions, 'errorStyle' | 'keepsErrors'> {
  return format === 'json'
    ? { errorStyle: WHOLE_ERRORS, keepsErrors: true }
    : { errorStyle: errorStyle(isWhole) };
}
