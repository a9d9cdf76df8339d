import kleur from 'kleur';
import type { Whereabouts } from '../../arbiter/worker-handle.ts';
import type { Finding } from '../../checks/finding.ts';
import type { DevReport } from '../../dev/parent/dev-report.ts';
import { type AccessRole, formatAccess, formatTime, type LoggedRequest } from '../../dev/request-line.ts';
import type { TypeProblem } from '../../dev/types/tsc-output.ts';
import { shownPath } from '../../files/shown-path.ts';
import { SecondText } from '../../text/second-text.ts';
import { stackLines } from '../../text/v8-stack.ts';
import { wrapLines } from '../../text/wrap-lines.ts';
import type { ErrorStyle } from '../../worker/errors/terminal-error.ts';
import { terminalFailure } from '../../worker/errors/terminal-error.ts';
import type { Failure } from '../../worker/messages.ts';
import { printable, printableLine } from '../../wsgi/printable.ts';
import { CheckReport } from '../checks/check-report.ts';
import { describeFailure, isOurs } from './describe-failure.ts';
import type { DevOutput, GreetOptions } from './dev-output.ts';
import { PLAIN_ERRORS } from './error-style.ts';
import { HeldLines } from './held-lines.ts';
import { print, printError } from './output.ts';
import type { ServedUrls } from './served-urls.ts';

export interface DevTerminalOptions {
  /** Paths are shown relative to it. */
  readonly root: string;
  readonly settings: string;
  readonly version: string;
  /** The abilities of stderr. @default plain text only */
  readonly errorStyle?: () => ErrorStyle;
  /** @returns milliseconds since 1970 */
  readonly now?: () => number;
  readonly write?: (text: string) => void;
  /** Keeps request lines until they are printed. @default they are printed immediately */
  readonly held?: HeldLines;
  readonly writeError?: (text: string) => void;
}

/** Django's colours for the request log. */
const COLOURS: Readonly<Record<AccessRole, (text: string) => string>> = {
  informational: kleur.bold,
  success: (text) => text,
  'not-modified': kleur.cyan,
  redirect: kleur.green,
  'not-found': kleur.yellow,
  'client-error': (text) => kleur.bold().red(text),
  'server-error': (text) => kleur.bold().magenta(text),
  disconnect: kleur.dim,
};

/** The output of runserver: the greeting, a line for each request and each reload, and errors. */
export class DevTerminal implements DevOutput {
  readonly #options: DevTerminalOptions;
  readonly #write: (text: string) => void;
  readonly #writeError: (text: string) => void;
  readonly #held: HeldLines;
  readonly #checks = new CheckReport();
  readonly #time = new SecondText(formatTime);
  #lastFailure: string | undefined;

  constructor(options: DevTerminalOptions) {
    this.#options = options;
    const { write = print, writeError = printError, held = new HeldLines(write, 0) } = options;
    this.#held = held;
    this.#write = (text) => {
      held.flush();
      write(text);
    };
    this.#writeError = (text) => {
      held.flush();
      writeError(text);
    };
  }

  greet({ local, network }: ServedUrls, { hasKeys, reloads = true }: GreetOptions): void {
    const { version, settings } = this.#options;
    const lines = network
      .filter((url) => url !== local)
      .map((url) => `On your network at ${kleur.bold().underline(url)}\n`);
    const keys = hasKeys ? ', press h for help' : '';
    const saves = reloads ? '' : 'Changes need a new start (--noreload). ';
    this.#write(
      `startproject ${version}, settings ${printableLine(settings)}\n` +
        `Development server at ${kleur.bold().underline(local)}\n${lines.join('')}` +
        `${kleur.dim(`Not for production. ${saves}CONTROL-C ends it${keys}.`)}\n\n`,
    );
  }

  onLoaded({ generation, ms, changed, failure }: Parameters<DevReport['onLoaded']>[0]): void {
    const what = this.#describeChange(changed);
    const text = failure && describeLoadFailure(failure, this.#style);
    if (text !== undefined && text !== this.#lastFailure)
      this.#writeError(`${what ? `${what}\n` : ''}${text}\n`);
    else if (generation > 1 && text === undefined)
      this.#write(`${what ?? 'Reloaded'}${what ? ', reloaded' : ''} in ${ms} ms\n`);
    this.#lastFailure = text;
  }

  onSlowLoad(ms: number, { stack, rest }: Whereabouts = {}): void {
    const message = `The site is still loading after ${ms / 1000} s; requests wait for it.`;
    if (stack === undefined) this.onNotice(rest === undefined ? message : `${message} ${rest}`);
    else this.onFailure({ name: 'SlowLoad', message, stack });
  }

  onRequest(facts: LoggedRequest): void {
    const now = (this.#options.now ?? Date.now)();
    this.#held.add(() => {
      const { message, duration, role } = formatAccess(facts);
      return `${this.#time.at(now)} ${COLOURS[role](message)}${kleur.dim(duration)}\n`;
    });
  }

  onNotice(text: string): void {
    this.#writeError(`${kleur.yellow(wrapLines(printable(text), this.#columns))}\n`);
  }

  onFailure(failure: Failure): void {
    this.#writeError(`${terminalFailure(failure, this.#style)}\n`);
  }

  onUrls(text: string): void {
    this.#write(`${printable(text)}\n`);
  }

  onFindings(findings: readonly Finding[]): void {
    this.#writeError(this.#checks.findings(findings, this.#columns));
  }

  onTypes(problems: readonly TypeProblem[]): void {
    this.#writeError(this.#checks.types(problems, this.#columns));
  }

  onError(text: string): void {
    this.#writeError(`${text}\n`);
  }

  get #style(): ErrorStyle {
    return this.#options.errorStyle?.() ?? PLAIN_ERRORS;
  }

  get #columns(): number {
    return this.#style.columns;
  }

  #describeChange(changed: readonly string[]): string | undefined {
    const [first, ...others] = changed;
    if (first === undefined) return undefined;
    const shown = printableLine(shownPath(first, this.#options.root));
    return others.length === 0 ? `${shown} changed` : `${shown} and ${others.length} more changed`;
  }
}

/**
 * The reason of a failed load: the place with its code, or the thrown value with the frames of the site and of
 * libraries only. With `--traceback`, it has the whole stack.
 */
export function describeLoadFailure(failure: Failure, style: ErrorStyle): string {
  const { name, message, stack } = failure;
  if (isOurs(failure) || stack === undefined) {
    const text = describeFailure(failure, style.columns);
    return style.isWhole && stack !== undefined ? `${text.trimEnd()}\n\n${printable(stack)}` : text;
  }
  const frames = stackLines(stack, message).join('\n').replace(/^\n/, '');
  return terminalFailure({ ...failure, message: `${name}: ${message}`, stack: frames }, style);
}
