import { CommandError } from '../../../errors.ts';
import { isPort } from '../../../text/client-address.ts';
import { didYouMean } from '../../../text/nearest.ts';
import { processCount } from '../kinds/numbers.ts';
import { variableName } from '../setting.ts';
import { SETTING_NAMES, SETTINGS } from '../table/settings-table.ts';
import type { Found, Layer, Origin } from './origin.ts';
import { readValue, settingError } from './wrong-setting.ts';

/** Variables with the place of further settings. */
export const CONFIG_VARIABLE = 'RUNWSGI_CONFIG';
export const ARGUMENTS_VARIABLE = 'RUNWSGI_CMD_ARGS';

const PREFIX = 'RUNWSGI_';
/** The prefix of variables for child processes of this package, which are not settings. */
const INTERNAL_PREFIX = 'RUNWSGI__';

const SETTING_OF = new Map(SETTING_NAMES.map((name) => [variableName(name), name]));

/** Reads `RUNWSGI_*`. An empty variable counts as unset. @throws {CommandError} for a wrong value or name */
export function readEnvironment(env: NodeJS.ProcessEnv, cwd: string): Layer {
  const layer = new Map<string, Found>();
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || variable.startsWith(INTERNAL_PREFIX)) continue;
    if (variable === CONFIG_VARIABLE || variable === ARGUMENTS_VARIABLE) continue;
    const name = SETTING_OF.get(variable);
    if (name === undefined) throw unknownVariable(variable);
    if (!text) continue;
    const { kind } = SETTINGS[name];
    const origin: Origin = { source: 'environment', name: variable };
    layer.set(name, { value: readValue(origin, kind, () => kind.fromTexts([text], cwd)), origin });
  }
  return layer;
}

/**
 * Inherited sockets as the setting `bind`.
 *
 * @param name The source of the sockets, for example `LISTEN_FDS`.
 */
export function readInherited(bind: readonly string[], name: string): Layer {
  const origin: Origin = { source: 'platform', name };
  return new Map(bind.length > 0 ? [['bind', { value: Object.freeze([...bind]), origin }]] : []);
}

/** Reads `PORT` and `WEB_CONCURRENCY`, which platforms set. @throws {CommandError} for a wrong value */
export function readPlatform({ PORT, WEB_CONCURRENCY }: NodeJS.ProcessEnv, cwd: string): Layer {
  const layer = new Map<string, Found>();
  if (PORT) {
    const origin: Origin = { source: 'platform', name: 'PORT' };
    if (!isPort(PORT))
      throw settingError(origin, `expected a port from 0 to 65535, found '${PORT}'.`, {
        hint: 'Write it like this: PORT=8000',
      });
    layer.set('bind', { value: Object.freeze([`0.0.0.0:${PORT}`]), origin });
  }
  if (WEB_CONCURRENCY) {
    const origin: Origin = { source: 'platform', name: 'WEB_CONCURRENCY' };
    const value = readValue(origin, processCount, () => processCount.fromTexts([WEB_CONCURRENCY], cwd));
    layer.set('workers', { value, origin });
  }
  return layer;
}

function unknownVariable(variable: string): CommandError {
  const names = [...SETTING_OF.keys(), CONFIG_VARIABLE, ARGUMENTS_VARIABLE];
  return new CommandError(`The environment variable ${variable} is not a setting of runwsgi.`, {
    hint: didYouMean(variable, names) ?? `Unset it. The variables of all settings: runwsgi --print-config`,
  });
}
