/** An error of the TypeScript compiler. */
export interface TypeProblem {
  /** `mysite/settings.ts:12:3`. Undefined for an error of the whole project. */
  readonly place: string | undefined;
  /** `TS2322` */
  readonly code: string;
  /** It has several lines when the compiler explains the error. */
  readonly message: string;
}

const PROBLEM = /^(?:(.+?)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/;
const EXPLANATION = /^\s+\S/;
const CHANGE_SEEN = / - File change detected/;
const ROUND_ENDS = / - Found \d+ errors?\. Watching/;

/** Limits for stored output, since the compiler comes from the site. */
const MAX_LINE_LENGTH = 16_384;
const MAX_PROBLEMS = 10_000;

/** Reads the output of `tsc --pretty false --locale en`, with or without `--watch`. */
export class TscOutput {
  readonly #onRound: (problems: readonly TypeProblem[]) => void;
  readonly #onChange: () => void;
  #rest = '';
  #problems: TypeProblem[] = [];

  /**
   * @param onRound Called with all errors each time the compiler has checked everything.
   * @param onChange Called when the compiler begins to check a change.
   */
  constructor(onRound: (problems: readonly TypeProblem[]) => void, onChange = () => {}) {
    this.#onRound = onRound;
    this.#onChange = onChange;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop()!.slice(0, MAX_LINE_LENGTH);
    for (const line of lines) this.#read(line.slice(0, MAX_LINE_LENGTH));
  }

  /** Called when the compiler has ended. Without `--watch`, this is the end of its only round. */
  end(): void {
    this.push('\n');
    this.#endRound();
  }

  #read(line: string): void {
    if (CHANGE_SEEN.test(line)) this.#onChange();
    else if (ROUND_ENDS.test(line)) this.#endRound();
    else if (EXPLANATION.test(line)) this.#explain(line);
    else {
      const [, file, row, column, code, message] = PROBLEM.exec(line) ?? [];
      if (code === undefined || this.#problems.length === MAX_PROBLEMS) return;
      const place = file === undefined ? undefined : `${file}:${row}:${column}`;
      this.#problems.push({ place, code, message: message! });
    }
  }

  #explain(line: string): void {
    const last = this.#problems.at(-1);
    if (last === undefined || last.message.length > MAX_LINE_LENGTH) return;
    this.#problems[this.#problems.length - 1] = { ...last, message: `${last.message}\n${line}` };
  }

  #endRound(): void {
    this.#onRound(this.#problems);
    this.#problems = [];
  }
}
