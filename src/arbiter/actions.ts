/** What becomes of an action that is asked for while another one is in flight. */
type Precedence =
  /** It is forgotten. */
  | 'drop'
  /** It begins when the other has ended, once, however often it was asked for. */
  | 'after'
  /** It begins at once. */
  | 'now';

/** All that a server can be asked to do, as data. */
export interface ActionTable<Action extends string> {
  readonly signals: Readonly<Partial<Record<NodeJS.Signals, Action>>>;
  /** By the action in flight, then by the one that is asked for. @default 'now' */
  readonly during?: Readonly<Partial<Record<Action, Readonly<Partial<Record<Action, Precedence>>>>>>;
}

/** Calls a function with what the signals of a table stand for. @returns the handlers */
export function onSignals<Action>(
  signals: Readonly<Partial<Record<NodeJS.Signals, Action>>>,
  ask: (action: Action, signal: NodeJS.Signals) => void,
  source: Pick<NodeJS.Process, 'on'> = process,
): (() => void)[] {
  return (Object.entries(signals) as [NodeJS.Signals, Action][]).map(([signal, action]) => {
    const handler = () => ask(action, signal);
    source.on(signal, handler);
    return handler;
  });
}

/** Runs actions, asked for by signals or otherwise, as their table says. */
export class Actions<Action extends string> {
  readonly #table: ActionTable<Action>;
  readonly #run: (action: Action) => Promise<void>;
  readonly #inFlight = new Set<Action>();
  readonly #waiting = new Set<Action>();

  constructor(table: ActionTable<Action>, run: (action: Action) => Promise<void>) {
    this.#table = table;
    this.#run = run;
  }

  /** Begins an action, now or later, or forgets it. */
  ask(action: Action): void {
    const rules = [...this.#inFlight].map((other) => this.#table.during?.[other]?.[action]);
    if (rules.includes('drop')) return;
    if (rules.includes('after')) this.#waiting.add(action);
    else void this.#begin(action);
  }

  async #begin(action: Action): Promise<void> {
    this.#inFlight.add(action);
    try {
      await this.#run(action);
    } finally {
      this.#inFlight.delete(action);
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const next of waiting) this.ask(next);
    }
  }
}
