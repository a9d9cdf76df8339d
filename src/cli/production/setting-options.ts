import { Command, CommanderError, Option } from 'commander';
import { UsageError } from '../../errors.ts';
import { ARGUMENTS_VARIABLE } from '../../production/settings/sources/environment.ts';
import { REFUSED_FLAGS } from '../../production/settings/sources/refused-flags.ts';
import { splitWords } from '../../production/settings/sources/split-words.ts';
import {
  SETTING_NAMES,
  SETTING_SECTIONS,
  SETTINGS,
  type SettingName,
} from '../../production/settings/table/settings-table.ts';
import type { CommandLine, OwnHelp, ServerCommand } from './server-command.ts';

/** Flags that every command of a site already has. */
const COMMON: ReadonlySet<string> = new Set(['--settings', '--chdir']);

/**
 * Adds `--config` and a flag for each setting of the table. Unsupported flags of gunicorn are refused.
 *
 * @param help Texts that replace those of the table.
 */
export function addSettingOptions(command: Command, help: OwnHelp = {}): Command {
  command.option('-c, --config <file>', 'the configuration (wsgi.config.ts in the folder of the project)');
  for (const [title, name] of titledNames()) {
    const { flags, aliases = [], kind, documentation, defaultText } = SETTINGS[name];
    if (flags === undefined || COMMON.has(flags)) continue;
    const value = kind.argument === undefined ? '' : ` ${kind.argument}`;
    const standard = SETTINGS[name].default;
    const byDefault = defaultText ?? (standard === undefined ? '' : kind.toText(standard));
    const text = `${documentation}${byDefault && value ? ` (${byDefault})` : ''}`.replaceAll('`', '');
    const { group = `${title}:`, text: ownText = text } = help[name] ?? {};
    command.addOption(
      new Option(flags + value, ownText).argParser(collect).preset(kind.alone).helpGroup(group),
    );
    for (const alias of aliases) command.addOption(new Option(alias + value).argParser(collect).hideHelp());
    if (value) continue;
    const negative = flags.replace(/^.*--/, '--no-');
    command.addOption(new Option(negative).argParser(() => ['false']).hideHelp());
  }
  for (const [flags, reason] of Object.entries(REFUSED_FLAGS)) {
    const refuse = () => {
      throw new UsageError(`${flags.replace(/^.*, /, '')} is not supported.`, { hint: reason });
    };
    command.addOption(new Option(`${flags} [value]`).preset('').argParser(refuse).hideHelp());
  }
  for (const option of command.options) if (option.required) refuseFlagsAsValue(option, command.options);
  return command;
}

/** A flag without its value would use the next word as its value, which is often another flag. */
function refuseFlagsAsValue(option: Option, all: readonly Option[]): void {
  const { parseArg, flags } = option;
  option.argParser((text, before) => {
    if (all.some(({ short, long }) => text === short || text === long))
      throw new UsageError(`${option.long}: expected a value, found the flag '${text}'.`, {
        hint: `Write it like this: ${flags.replace(/^.*, /, '')}`,
      });
    return parseArg ? parseArg(text, before) : text;
  });
}

function titledNames(): (readonly [title: string, name: SettingName])[] {
  return Object.entries(SETTING_SECTIONS).flatMap(([title, table]) =>
    Object.keys(table).map((name) => [title, name as SettingName] as const),
  );
}

/** Reads the settings of a parsed command, and the word for the application. */
export function commandLineOf(command: Command, app?: string): CommandLine {
  const values = command.opts<Readonly<Record<string, string | readonly string[]>>>();
  const options = Object.fromEntries(SETTING_NAMES.map((name) => [name, textsOf(name, values)]));
  if (app !== undefined) options.app = [app];
  else takeApp(options);
  return { options, config: values.config as string | undefined };
}

const DOTTED = /^[^/:]+[.:][^/]+$/;

/** For a flag with an optional value, a following dotted path is the application: `--proxy-protocol mysite.wsgi`. */
function takeApp(options: Record<string, readonly string[]>): void {
  for (const name of SETTING_NAMES) {
    const { alone } = SETTINGS[name].kind;
    const word = options[name]?.at(-1);
    if (alone === undefined || word === undefined || !DOTTED.test(word)) continue;
    options[name] = [alone];
    options.app = [word];
  }
}

/** Reads the flags in RUNWSGI_CMD_ARGS. @throws {UsageError} for a wrong flag or value */
export function commandLineInEnvironment(
  env: NodeJS.ProcessEnv,
  { addArguments, read }: Pick<ServerCommand, 'addArguments' | 'read'>,
): CommandLine {
  const command = addSettingOptions(addArguments(new Command(ARGUMENTS_VARIABLE)))
    .option('--settings <module>')
    .option('--chdir <folder>')
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr() {} });
  try {
    command.parse(splitWords(env[ARGUMENTS_VARIABLE] ?? ''), { from: 'user' });
    return read(command, 'arguments');
  } catch (error) {
    if (error instanceof CommanderError) throw inVariable(error.message.replace(/^error: /, ''));
    if (error instanceof UsageError) throw inVariable(error.message, error.hint);
    throw error;
  }
}

function inVariable(problem: string, hint?: string): UsageError {
  const [line, suggestion] = problem.split('\n');
  return new UsageError(`${ARGUMENTS_VARIABLE}: ${line}`, {
    hint: hint ?? suggestion?.replace(/^\(|\)$/g, ''),
  });
}

function textsOf(name: SettingName, values: Readonly<Record<string, string | readonly string[]>>) {
  const { flags, aliases = [] } = SETTINGS[name];
  return [flags, ...aliases].flatMap((flag) =>
    flag === undefined ? [] : (values[new Option(flag).attributeName()] ?? []),
  );
}

function collect(text: string | undefined, before: readonly string[] = []): readonly string[] {
  return [...before, text ?? 'true'];
}
