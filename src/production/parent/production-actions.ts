import type { ActionTable } from '../../arbiter/actions.ts';

/** What the production server can be asked for. */
export type Action = 'stop' | 'quit' | 'reload' | 'more' | 'less' | 'reopen' | 'upgrade' | 'rest';

/** What each signal asks for, as with gunicorn, and what becomes of it while something else is in flight. */
export const ACTIONS: ActionTable<Action> = {
  signals: {
    SIGTERM: 'stop',
    SIGINT: 'quit',
    SIGQUIT: 'quit',
    SIGHUP: 'reload',
    SIGTTIN: 'more',
    SIGTTOU: 'less',
    SIGUSR1: 'reopen',
    SIGUSR2: 'upgrade',
    SIGWINCH: 'rest',
  },
  during: {
    reload: { reload: 'after', upgrade: 'after', rest: 'after' },
    upgrade: { reload: 'after', upgrade: 'drop', rest: 'after' },
    rest: { reload: 'after' },
    stop: { stop: 'drop', reload: 'drop', more: 'drop', less: 'drop', upgrade: 'drop', rest: 'drop' },
    quit: {
      stop: 'drop',
      quit: 'drop',
      reload: 'drop',
      more: 'drop',
      less: 'drop',
      upgrade: 'drop',
      rest: 'drop',
    },
  },
};

/**
 * The same for a server that a web server has started. To those, USR1 is the signal to finish what is in hand and end, as
 * libfcgi and Apache's mod_fastcgi have it.
 */
export const SPAWNED_SIGNALS: typeof ACTIONS.signals = { ...ACTIONS.signals, SIGUSR1: 'stop' };
