import kleur from 'kleur';
import { checkOnce } from '../../dev/check-once.ts';
import { checkTypes } from '../../dev/types/check-types.ts';
import type { TypeProblem } from '../../dev/types/tsc-output.ts';
import { endOwnChildren } from '../../worker/descendants/own-children.ts';
import { showErrorsOnTerminal } from '../../worker/errors/terminal-error.ts';
import { toFailure } from '../../worker/failure.ts';
import type { SiteOptions } from '../../worker/site/site-options.ts';
import { describeStray } from '../../worker/stray-error.ts';
import { FAILED } from '../exit-codes.ts';
import { describeLoadFailure } from '../terminal/dev-terminal.ts';
import { errorStyle } from '../terminal/error-style.ts';
import { print, printError } from '../terminal/output.ts';
import { describeFinding } from './describe-finding.ts';
import { describeTypeProblem } from './describe-type-problem.ts';

interface Counts {
  errors: number;
  warnings: number;
}

/**
 * Implements `runserver --check`: loads the site, checks it and its types, and ends this process, with 1 for an error.
 * Parts that load but are probably mistakes are warnings.
 */
export async function runChecks(site: SiteOptions, { traceback = false } = {}): Promise<never> {
  // The site's code runs in this process and may end it. An incomplete check must count as an error.
  const endedEarly = () => {
    printError('The site ended its process while it was loaded.\n');
    process.exitCode = FAILED;
  };
  process.once('exit', endedEarly);
  const style = errorStyle(traceback);
  const { columns } = style;
  const counts: Counts = { errors: 0, warnings: 0 };
  const fail = (error: unknown) => {
    printError(`${describeLoadFailure(toFailure(error), style)}\n`);
    counts.errors += 1;
  };
  showErrorsOnTerminal(style);
  process.on('uncaughtException', (error, origin) => {
    printError(`${describeStray(error, origin)}\n`);
    counts.errors += 1;
  });
  const types = checkTypes(site.root).catch(fail);
  await checkOnce(site).then((findings) => {
    for (const finding of findings) printError(`${kleur.yellow(describeFinding(finding, columns))}\n`);
    counts.warnings += findings.length;
  }, fail);
  reportTypes((await types) ?? [], counts, columns);
  print(`${summary(counts)}\n`);
  await endOwnChildren();
  process.off('exit', endedEarly);
  process.exit(counts.errors > 0 ? FAILED : 0);
}

function reportTypes(types: readonly TypeProblem[] | 'not-installed', counts: Counts, columns: number): void {
  if (types === 'not-installed') {
    const hint = 'Hint: Install what package.json names, or add it: npm install --save-dev typescript';
    printError(
      `${kleur.yellow(`Types are not checked: the site has no TypeScript 5 or later.\n    ${hint}`)}\n`,
    );
    counts.warnings += 1;
    return;
  }
  for (const problem of types) printError(`${describeTypeProblem(problem, columns)}\n`);
  counts.errors += types.length;
}

function summary({ errors, warnings }: Counts): string {
  if (errors + warnings === 0) return 'Checked: no issues.';
  return `Checked: ${count(errors, 'error')}, ${count(warnings, 'warning')}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
