import type { Command } from 'commander';
import type { Defaults } from '../../production/settings/resolve-settings.ts';
import type { RawOptions, WrittenAs } from '../../production/settings/sources/flags.ts';
import type { SettingName } from '../../production/settings/table/settings-table.ts';

/** The settings on a command line. */
export interface CommandLine {
  readonly options: RawOptions;
  /** How settings were written that were not given by flags of the table. */
  readonly writtenAs?: WrittenAs;
  /** The configuration file, as it was written. */
  readonly config: string | undefined;
  /** Options without effect, a line for each. */
  readonly notes?: readonly string[];
  /** The file that standard output goes to in the background. @default /dev/null */
  readonly output?: string | undefined;
}

/** Where flags stand in the help of a command, and with which text, where that is not as the table has it. */
export type OwnHelp = Readonly<
  Partial<Record<SettingName, { readonly group?: string; readonly text: string }>>
>;

/** The differences between the commands that serve in production. */
export interface ServerCommand {
  readonly name: 'runwsgi' | 'runfcgi';
  readonly description: string;
  readonly help: OwnHelp;
  /** Command lines for the help. */
  readonly examples: readonly string[];
  /** Whether a web server may start it, with the socket to serve as its standard input. */
  readonly isSpawned: boolean;
  /** Adds its argument, and the options that it alone has. */
  addArguments(command: Command): Command;
  /**
   * What a parsed command line says.
   *
   * @param source The command line itself, or RUNWSGI_CMD_ARGS.
   */
  read(command: Command, source: 'flag' | 'arguments'): CommandLine;
  /** Its defaults, where they are others than those of the table. */
  defaults(given: readonly CommandLine[], env: NodeJS.ProcessEnv): Defaults;
}
