/** What each key does, in the order in which the help lists them. */
export interface KeyAction {
  readonly key: string;
  readonly does: string;
  run(): void;
}

/** What a terminal does for these keys itself, unless it is in raw mode. */
interface ControlKeys {
  /** CONTROL-C */
  interrupt(): void;
  /** CONTROL-\ */
  quit(): void;
  /** CONTROL-Z */
  suspend(): void;
  /** Enter */
  newLine(): void;
}

const CONTROL_KEYS: Readonly<Record<string, keyof ControlKeys>> = {
  '\u0003': 'interrupt',
  '\u001c': 'quit',
  '\u001a': 'suspend',
  '\r': 'newLine',
  '\n': 'newLine',
};

/** Arrows, function keys, and Alt with another key: they end in letters, and are none. */
const ESCAPE_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?/gsu;

/** Does what the keys of a text are for, which a terminal in raw mode has sent. */
export function pressKeys(text: string, actions: readonly KeyAction[], controls: ControlKeys): void {
  for (const key of text.replace(ESCAPE_SEQUENCE, '')) {
    const control = CONTROL_KEYS[key];
    if (control !== undefined) controls[control]();
    else actions.find((action) => action.key === key.toLowerCase())?.run();
  }
}
