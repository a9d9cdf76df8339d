import type { Command } from 'commander';
import type { Defaults } from '../../production/settings/resolve-settings.ts';
import type { RawOptions, WrittenAs } from '../../production/settings/sources/flags.ts';
import type { SettingName } from '../../production/settings/table/settings-table.ts';

/** The settings on a command line. */
export interface CommandLine {
  readonly options: RawOptions;
  /** The origins of settings that were not given by flags of the table. */
  readonly writtenAs?: WrittenAs;
  /** The configuration file as written. */
  readonly config: string | undefined;
  /** Notes about options without effect, one line each. */
  readonly notes?: readonly string[];
  /** The file for standard output in the background. @default /dev/null */
  readonly output?: string | undefined;
}

/** The positions and texts of flags in the help of a command, if they differ from the table. */
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
  /** Whether a web server may start it with the socket as its standard input. */
  readonly isSpawned: boolean;
  /** Adds its argument, and the options that only this command has. */
  addArguments(command: Command): Command;
  /**
   * Reads the settings of a parsed command line.
   *
   * @param source The command line itself, or RUNWSGI_CMD_ARGS.
   */
  read(command: Command, source: 'flag' | 'arguments'): CommandLine;
  /** Its defaults, if they differ from those of the table. */
  defaults(given: readonly CommandLine[], env: NodeJS.ProcessEnv): Defaults;
}
