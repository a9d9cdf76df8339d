import type { ActionTable } from '../../arbiter/actions.ts';

/** The actions of the production server. */
export type Action = 'stop' | 'quit' | 'reload' | 'more' | 'less' | 'reopen' | 'upgrade' | 'rest';

/** The action of each signal, as with gunicorn, and how it is handled while another action runs. */
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
 * The signals of a server that a web server has started. For such a server, USR1 means to finish open requests and end,
 * as in libfcgi and Apache's mod_fastcgi.
 */
export const SPAWNED_SIGNALS: typeof ACTIONS.signals = { ...ACTIONS.signals, SIGUSR1: 'stop' };
