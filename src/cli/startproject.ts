import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError, UserError } from '../errors.ts';
import { type PreparedSite, prepareSite } from '../scaffold/create-site.ts';
import { changeDirectory } from '../scaffold/tools/change-directory.ts';
import {
  detectPackageManager,
  PACKAGE_MANAGERS,
  type PackageManager,
  runLine,
  runScriptLine,
} from '../scaffold/tools/package-manager.ts';
import { shellLine } from '../text/shell-line.ts';
import { printable } from '../wsgi/printable.ts';
import { type CommonOptions, createCommand, runCommand, workingFolder } from './command.ts';
import { exitCodeOf, FAILED } from './exit-codes.ts';
import { required } from './options/option-values.ts';
import { hasTerminal } from './terminal/foreground.ts';
import { goOnWithoutOutput, print, printError } from './terminal/output.ts';
import { hasScript, typedCommand } from './typed-command.ts';

const INTERRUPTIONS: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

interface Options extends CommonOptions {
  readonly template?: string;
  readonly extension?: readonly string[];
  readonly name?: readonly string[];
  readonly exclude?: readonly string[];
  readonly install?: boolean;
  readonly git?: boolean;
  readonly packageManager: PackageManager;
  readonly dryRun?: boolean;
}

/** The site to create, from the command line or from answers to questions. */
interface Order {
  readonly name: string;
  readonly directory: string | undefined;
  readonly install: boolean;
  readonly git: boolean;
}

/** Runs `startproject NAME [DIRECTORY]`. */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[0] === '--demo') return (await import('./demo.ts')).main(argv.slice(1));
  const command = startprojectCommand().action(async (name, directory, options: Options) => {
    goOnWithoutOutput();
    const interruption = interruptedBySignal();
    try {
      const { install = false, git = false } = options;
      const order =
        name === undefined ? await ask(argv, options, interruption) : { name, directory, install, git };
      await startproject(order, options, interruption.signal);
    } catch (error) {
      if (!interruption.signal.aborted) throw error;
      printError('\nInterrupted.\n');
      process.exitCode = exitCodeOf(interruption.signal.reason);
    }
  });
  await runCommand(command, argv);
}

function startprojectCommand(): Command {
  const command = createCommand('startproject', 'Create a site: settings, URLs and a WSGI application.');
  return command
    .argument('[name]', 'name of the project; asked for on a terminal')
    .argument('[directory]', 'the folder of the site (default: a new folder with the name of the project)')
    .option(
      '--template <path>',
      'folder, archive (.tar.gz, .tgz, .tar, .zip) or its URL to copy (default: the built-in one)',
      required('--template'),
    )
    .option(
      '-e, --extension <ext>',
      'files to render besides .ts, .json and .md; repeat, or use commas',
      collect,
    )
    .option('-n, --name <file>', 'files to render by their name; repeat, or use commas', collect)
    .addOption(
      command
        .createOption(
          '-x, --exclude [dir]',
          'folders of the template to leave out (default: all hidden ones)',
        )
        .preset('.git')
        .argParser(collect),
    )
    .option('--install', 'install the packages')
    .option('--git', 'create a git repository with a first commit')
    .addOption(
      command
        .createOption('--package-manager <name>', 'the package manager that installs the packages')
        .choices(PACKAGE_MANAGERS)
        .default(detectPackageManager(process.env.npm_config_user_agent)),
    )
    .option('--dry-run', 'print the paths that would be written, and write nothing')
    .addOption(
      command.createOption('--settings <module>', 'every command takes it; it has no effect here').hideHelp(),
    );
}

/** The lists of `-e html,js -e .txt` are joined. */
function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...value.split(',').map((item) => item.trim())].filter((item) => item !== '');
}

function interruptedBySignal(): AbortController {
  const interruption = new AbortController();
  // Without a terminal, the command was started with `nohup`, or in a way that expects the same behaviour.
  const survived = hasTerminal() ? undefined : 'SIGHUP';
  for (const signal of INTERRUPTIONS) {
    if (signal === survived) process.on(signal, () => {});
    else process.once(signal, () => interruption.abort(signal));
  }
  return interruption;
}

async function ask(argv: readonly string[], options: Options, interruption: AbortController): Promise<Order> {
  const { stdin: input, stdout: output, env } = process;
  const isCI = !['', '0', 'false'].includes(env.CI ?? '');
  if (isCI || !input.isTTY || !output.isTTY) {
    throw new UsageError('Expected the name of the project.', {
      hint: `For example: ${typedCommand('startproject', ['mysite'])}`,
    });
  }
  const { askQuestions } = await import('../scaffold/questions.ts');
  const answers = await askQuestions({
    input,
    output,
    cwd: workingFolder(options.chdir),
    known: options,
    interruption,
  });
  const flags = (['install', 'git'] as const).filter((flag) => answers[flag] && !options[flag]);
  const line = shellLine('startproject', answers.name, ...argv, ...flags.map((flag) => `--${flag}`));
  printLine(`\nThe same without questions: ${line}\n`);
  return { ...answers, directory: undefined };
}

async function startproject(order: Order, options: Options, signal: AbortSignal): Promise<void> {
  const { packageManager } = options;
  const site = await prepareSite({
    name: order.name,
    directory: order.directory,
    template: options.template,
    extensions: options.extension,
    fileNames: options.name,
    exclude: options.exclude,
    packageManager,
    cwd: workingFolder(options.chdir),
    home: homedir(),
  });
  const { path } = site.destination;
  if (options.dryRun) return printPlan(path, site);
  await site.write(signal);
  printLine(`Created ${order.name} in ${path}`);
  printKept(site);

  const steps = changeDirectory(process.cwd(), path);
  const isPackage = existsSync(join(path, 'package.json'));
  const isInstalled = order.install && (await install(path, packageManager, signal));
  if (isPackage && !isInstalled) steps.push(`${packageManager} install`);
  if (order.git) steps.push(...(await makeRepository(path, signal)));
  if (hasScript(path, 'dev')) steps.push(runScriptLine(packageManager, 'dev'));
  else if (isPackage) steps.push(runLine(packageManager, 'runserver'));
  if (steps.length > 0) printLine(['', 'Next:', ...steps.map((step) => `  ${step}`)].join('\n'));
  if (isPackage) printLine('\nand open http://127.0.0.1:8000/');
}

async function install(path: string, packageManager: PackageManager, signal: AbortSignal): Promise<boolean> {
  const { installPackages } = await import('../scaffold/tools/install.ts');
  try {
    await installPackages(packageManager, path, signal);
    return true;
  } catch (error) {
    process.exitCode = FAILED;
    warn(error);
    return false;
  }
}

/** Returns the commands that the user must run. */
async function makeRepository(path: string, signal: AbortSignal): Promise<readonly string[]> {
  const { createRepository, GIT_BY_HAND } = await import('../scaffold/tools/git.ts');
  try {
    const outcome = await createRepository(path, signal);
    if (outcome === 'inside another')
      printLine('No git repository was created: the folder is in one already.');
    return [];
  } catch (error) {
    process.exitCode = FAILED;
    warn(error);
    return [GIT_BY_HAND];
  }
}

/** Reports an error after the site was written. The site is complete, and the next steps contain the solution. */
function warn(error: unknown): void {
  if (!(error instanceof UserError)) throw error;
  printError(`Warning: ${printable(error.message)}\n`);
}

function printPlan(root: string, site: PreparedSite): void {
  const paths = site.plan.files.map(({ path }) => `  ${path}`);
  printLine([`Would write to ${root}:`, ...paths].join('\n'));
  printKept(site);
  printLine('Nothing was written.');
}

function printKept({ kept, unignored }: PreparedSite): void {
  if (kept.length > 0) printLine(`Your own ${kept.join(' and ')} did not change.`);
  if (unignored.length > 0) printLine(`Add to .gitignore: ${unignored.join(' ')}`);
}

function printLine(text: string): void {
  print(`${printable(text)}\n`);
}
