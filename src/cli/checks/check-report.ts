import kleur from 'kleur';
import type { Finding } from '../../checks/finding.ts';
import type { TypeProblem } from '../../dev/types/tsc-output.ts';
import { describeFinding } from './describe-finding.ts';
import { describeTypeProblem } from './describe-type-problem.ts';
import { ListChanges } from './list-changes.ts';

/** The limit of printed type errors. A mistake in a file that all others import can cause thousands. */
const MOST_PROBLEMS = 10;

/** Prints the findings of runserver's checks: each finding once, and one line when none is left. */
export class CheckReport {
  readonly #findings = new ListChanges<Finding>(({ id, message }) => `${id} ${message}`);
  readonly #types = new ListChanges<TypeProblem>(
    ({ place, code, message }) => `${place?.replace(/:\d+:\d+$/, '')} ${code} ${message}`,
  );
  #hasTypes = false;

  /** @returns the lines to print; empty if nothing has changed. */
  findings(findings: readonly Finding[], columns: number): string {
    const { added, isEmptyNow } = this.#findings.take(findings);
    // Types are not mentioned, since another process checks them later.
    if (isEmptyNow) return `${kleur.dim('Settings, URLs and middleware: no issues.')}\n`;
    return added.map((finding) => `${kleur.yellow(describeFinding(finding, columns))}\n`).join('');
  }

  /** The same for type errors. A first check without errors prints nothing. */
  types(problems: readonly TypeProblem[], columns: number): string {
    const { added, isEmptyNow } = this.#types.take(problems);
    const isFirst = !this.#hasTypes;
    this.#hasTypes = true;
    if (isEmptyNow) return isFirst ? '' : `${kleur.dim('Types: no errors.')}\n`;
    const lines = added.slice(0, MOST_PROBLEMS).map((problem) => describeTypeProblem(problem, columns));
    if (added.length > MOST_PROBLEMS)
      lines.push(
        kleur.dim(`… and ${added.length - MOST_PROBLEMS} more type errors. To see all: runserver --check`),
      );
    return lines.map((line) => `${line}\n`).join('');
  }
}
