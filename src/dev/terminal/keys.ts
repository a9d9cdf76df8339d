/** The actions of the keys, in the order of the help. */
export interface KeyAction {
  readonly key: string;
  readonly does: string;
  run(): void;
}

/** The actions that a terminal performs itself for these keys, unless it is in raw mode. */
interface ControlKeys {
  /** Ctrl-C */
  interrupt(): void;
  /** Ctrl-\ */
  quit(): void;
  /** Ctrl-Z */
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

/**
 * Escape sequences: arrows, function keys, Alt with another key. They end in letters, which must not be handled as
 * keys.
 */
const ESCAPE_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?/gsu;

/** Runs the actions for the keys that a terminal in raw mode has sent. */
export function pressKeys(text: string, actions: readonly KeyAction[], controls: ControlKeys): void {
  for (const key of text.replace(ESCAPE_SEQUENCE, '')) {
    const control = CONTROL_KEYS[key];
    if (control !== undefined) controls[control]();
    else actions.find((action) => action.key === key.toLowerCase())?.run();
  }
}
