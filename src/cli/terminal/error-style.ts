import kleur from 'kleur';
import type { ErrorStyle } from '../../worker/errors/terminal-error.ts';

/** The assumed width of a terminal that does not report it. */
const USUAL_COLUMNS = 80;

type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;

/** The style in which a site's errors are shown on our stderr. */
export function errorStyle(
  isWhole: boolean,
  env: NodeJS.ProcessEnv = process.env,
  output: Output = process.stderr,
): ErrorStyle {
  const isTerminal = output.isTTY === true;
  return {
    isWhole,
    hasColours: Boolean(kleur.enabled) && (isTerminal || env.FORCE_COLOR !== undefined),
    hasLinks: isTerminal && knowsLinks(env),
    columns: isTerminal ? output.columns || USUAL_COLUMNS : Number.MAX_SAFE_INTEGER,
  };
}

/** Plain text only. */
export const PLAIN_ERRORS: ErrorStyle = {
  isWhole: false,
  hasColours: false,
  hasLinks: false,
  columns: Number.MAX_SAFE_INTEGER,
};

/** Whole stacks as text, for a JSON object. */
export const WHOLE_ERRORS: ErrorStyle = { ...PLAIN_ERRORS, isWhole: true };

/**
 * Whether a terminal shows OSC 8 links, by its environment variables. Other terminals show no link, or the raw
 * sequence.
 */
export function knowsLinks(env: NodeJS.ProcessEnv): boolean {
  const {
    FORCE_HYPERLINK,
    CI,
    TERM = '',
    TERM_PROGRAM = '',
    VTE_VERSION,
    WT_SESSION,
    TERMINAL_EMULATOR,
  } = env;
  if (FORCE_HYPERLINK !== undefined) return FORCE_HYPERLINK !== '0';
  if (CI || TERM === 'dumb' || /^(?:screen|tmux)/.test(TERM) || TERMINAL_EMULATOR !== undefined) return false;
  return (
    ['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'zed', 'Hyper'].includes(TERM_PROGRAM) ||
    ['xterm-kitty', 'xterm-ghostty', 'alacritty'].includes(TERM) ||
    WT_SESSION !== undefined ||
    Number(VTE_VERSION) > 5000 // Version 0.50.0 could crash on links.
  );
}
