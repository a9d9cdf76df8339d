import path from 'node:path';
import { Command, CommanderError } from 'commander';
import kleur from 'kleur';
import { CommandError, isUserError, UsageError } from '../errors.ts';
import { siteLines } from '../files/own-files.ts';
import { packageVersion } from '../files/package-root.ts';
import { statIfThere } from '../files/stat-if-there.ts';
import { causeOf, describeThrown, isError, readText } from '../text/thrown-text.ts';
import { printable } from '../wsgi/printable.ts';
import { FAILED, USAGE } from './exit-codes.ts';
import { required } from './options/option-values.ts';
import { describeUserError } from './terminal/describe-failure.ts';
import { endWithOutput, printError } from './terminal/output.ts';

/** The options of every command. */
export interface CommonOptions {
  readonly settings?: string;
  readonly chdir?: string;
  readonly traceback?: boolean;
  readonly color: boolean;
}

/** A command with the options that all commands share: `--chdir`, `--traceback`, `--no-color`, `--version`, `--help`. */
export function createCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--chdir <folder>', 'change to this folder first', required('--chdir'))
    .option('--traceback', 'show the stack of an error')
    .option('--no-color', 'print without colours, as with NO_COLOR; FORCE_COLOR turns them on')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureOutput({ outputError: (text, write) => write(printable(text)) })
    .showSuggestionAfterError()
    .showHelpAfterError(`Type '${name} --help' for usage.`)
    .exitOverride();
}

/** A command that works on a site, which `--settings` selects. */
export function createSiteCommand(name: string, description: string): Command {
  return createCommand(name, description).option(
    '--settings <module>',
    'dotted path of the settings module',
    required('--settings'),
  );
}

/** Runs a command, and converts an error to a line on stderr and an exit code. */
export async function runCommand(command: Command, argv: readonly string[]): Promise<void> {
  if (argv.includes('--no-color')) kleur.enabled = false;
  endWithOutput();
  try {
    await command.parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = reportError(error, { traceback: argv.includes('--traceback') });
  }
}

/** The working folder of a command. @throws {CommandError} if `--chdir` is not a folder. */
export function workingFolder(chdir?: string): string {
  const folder = path.resolve(chdir ?? '');
  if (statIfThere(folder)?.isDirectory()) return folder;
  throw new CommandError(
    `Expected a folder for --chdir, found ${statIfThere(folder) ? 'a file' : 'none'} at '${folder}'.`,
    {
      hint: 'Correct the path, which begins in the working folder, or make the folder.',
    },
  );
}

/** Prints an error for the user, and returns the exit code: 1 failed, 2 usage. */
export function reportError(error: unknown, { traceback = false } = {}): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  printError(`${formatError(error, { traceback, columns: process.stderr.columns || undefined })}\n`);
  return error instanceof UsageError ? USAGE : FAILED;
}

/**
 * The message, the place with its code frame, and the hint; and the stack for `traceback` and for bugs of this package.
 *
 * @param columns The width of the terminal. @default unlimited
 */
export function formatError(
  error: unknown,
  { traceback = false, columns }: { traceback?: boolean; columns?: number | undefined } = {},
): string {
  if (!isUserError(error)) {
    return printable((isError(error) && readText(error, 'stack')) || describeThrown(error));
  }
  const { message, hint, codeFrame } = error;
  const text = describeUserError({ message, hint, codeFrame }, columns);
  return traceback ? `${text}\n\n${printable([...stacks(error)].join('\n'))}` : text;
}

function* stacks(error: unknown): Generator<string> {
  const seen = new Set<unknown>();
  for (let current = error; isError(current) && !seen.has(current); current = causeOf(current)) {
    seen.add(current);
    yield `${current === error ? '' : 'Caused by: '}${siteLines(readText(current, 'stack')).join('\n')}`;
  }
}
