/** What happens to an action that is requested while another one runs. */
type Precedence =
  /** The action is dropped. */
  | 'drop'
  /** The action begins after the other one has ended. If it was requested several times, it still runs once. */
  | 'after'
  /** The action begins at once. */
  | 'now';

/** The actions of a server, as data. */
export interface ActionTable<Action extends string> {
  readonly signals: Readonly<Partial<Record<NodeJS.Signals, Action>>>;
  /** The first key is the running action, the second key the requested action. @default 'now' */
  readonly during?: Readonly<Partial<Record<Action, Readonly<Partial<Record<Action, Precedence>>>>>>;
}

/** Calls a function with the action of each signal of a table. @returns the handlers */
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

/** Runs requested actions in the order that their table defines. */
export class Actions<Action extends string> {
  readonly #table: ActionTable<Action>;
  readonly #run: (action: Action) => Promise<void>;
  readonly #inFlight = new Set<Action>();
  readonly #waiting = new Set<Action>();

  constructor(table: ActionTable<Action>, run: (action: Action) => Promise<void>) {
    this.#table = table;
    this.#run = run;
  }

  /** Starts an action now or later, or drops it. */
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
