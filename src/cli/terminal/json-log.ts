import { stripVTControlCharacters } from 'node:util';
import type { Whereabouts } from '../../arbiter/worker-handle.ts';
import type { Finding } from '../../checks/finding.ts';
import type { DevReport } from '../../dev/parent/dev-report.ts';
import type { LoggedRequest } from '../../dev/request-line.ts';
import type { TypeProblem } from '../../dev/types/tsc-output.ts';
import { shownPath } from '../../files/shown-path.ts';
import type { Failure } from '../../worker/messages.ts';
import type { DevOutput } from './dev-output.ts';
import { HeldLines } from './held-lines.ts';
import { print } from './output.ts';
import type { ServedUrls } from './served-urls.ts';

interface JsonLogOptions {
  /** Paths are shown relative to it. */
  readonly root: string;
  readonly settings: string;
  readonly version: string;
  readonly write?: (text: string) => void;
  /** Keeps request lines until they are printed. @default they are printed immediately */
  readonly held?: HeldLines;
}

/**
 * The output of runserver with `--log-format json`: one JSON object per line, on stdout. Objects for requests have a
 * `method`; the others have an `event`.
 */
export class JsonLog implements DevOutput {
  readonly #options: JsonLogOptions;
  readonly #write: (text: string) => void;
  readonly #held: HeldLines;

  constructor(options: JsonLogOptions) {
    this.#options = options;
    this.#write = options.write ?? print;
    this.#held = options.held ?? new HeldLines(this.#write, 0);
  }

  greet({ local, network }: ServedUrls): void {
    const { version, settings } = this.#options;
    this.#event('listening', { url: local, network, settings, version });
  }

  onLoaded({ generation, ms, changed, failure }: Parameters<DevReport['onLoaded']>[0]): void {
    const files = changed.map((file) => shownPath(file, this.#options.root));
    if (failure !== undefined) this.#event('error', { changed: files, error: failure });
    else if (generation > 1) this.#event('reload', { changed: files, durationMs: ms });
  }

  onSlowLoad(ms: number, where: Whereabouts = {}): void {
    this.#event('notice', { message: `The site is still loading after ${ms / 1000} s.`, ...where });
  }

  onRequest({ method, target, status, bytes, durationMs, brokenOffBy, error }: LoggedRequest): void {
    const now = new Date();
    this.#held.add(() => {
      const rounded = Math.round(durationMs * 1_000) / 1_000;
      return jsonLine(now, { method, path: target, status, bytes, durationMs: rounded, brokenOffBy, error });
    });
  }

  onNotice(text: string): void {
    this.#event('notice', { message: text });
  }

  onFailure(failure: Failure): void {
    this.#event('error', { error: failure });
  }

  onUrls(text: string): void {
    this.#event('urls', { message: text });
  }

  onFindings(findings: readonly Finding[]): void {
    this.#event('checks', { findings });
  }

  onTypes(errors: readonly TypeProblem[]): void {
    this.#event('types', { errors });
  }

  onError(text: string): void {
    this.#event('error', { error: { message: text } });
  }

  #event(event: string, facts: object): void {
    this.#held.flush();
    this.#write(jsonLine(new Date(), { event, ...facts }));
  }
}

function jsonLine(now: Date, facts: object): string {
  const timed = { time: now.toISOString(), ...facts };
  const text = JSON.stringify(timed);
  return `${ESCAPE.test(text) ? JSON.stringify(timed, withoutEscapes) : text}\n`;
}

/**
 * The beginning of a terminal control sequence in JSON. Few lines contain one, and searching each text would take as
 * long as everything else.
 */
const ESCAPE = /\\u001b|\x9b/;

function withoutEscapes(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? stripVTControlCharacters(value) : value;
}
