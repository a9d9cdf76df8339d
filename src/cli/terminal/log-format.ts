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

/** @param isWhole Whether stacks are shown as they are. */
export function outputFor(
  format: LogFormat,
  isWhole: boolean,
  facts: Pick<DevTerminalOptions, 'root' | 'settings' | 'version' | 'held'>,
): DevOutput {
  return format === 'json'
    ? new JsonLog(facts)
    : new DevTerminal({ ...facts, errorStyle: () => errorStyle(isWhole) });
}

/** How a site's process logs the errors of its requests. */
export function errorOptions(
  format: LogFormat,
  isWhole: boolean,
): Pick<SiteOptions, 'errorStyle' | 'keepsErrors'> {
  return format === 'json'
    ? { errorStyle: WHOLE_ERRORS, keepsErrors: true }
    : { errorStyle: errorStyle(isWhole) };
}
