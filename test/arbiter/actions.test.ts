import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Actions, type ActionTable, onSignals } from '../../src/arbiter/actions.ts';

/** As a production server has it: a reload is not interrupted by another, and an end ends everything. */
const TABLE: ActionTable<'reload' | 'stop' | 'quit' | 'more'> = {
  signals: { SIGHUP: 'reload', SIGTERM: 'stop', SIGINT: 'quit', SIGTTIN: 'more' },
  during: {
    reload: { reload: 'after', more: 'after' },
    stop: { reload: 'drop', more: 'drop', stop: 'drop' },
  },
};

/** Actions that go on until they are ended by name, and a log of what began. */
function started() {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const source = new EventEmitter();
  const actions = new Actions(TABLE, (action) => {
    log.push(action);
    return new Promise((resolve) => ends.set(action, resolve));
  });
  onSignals(TABLE.signals, (action) => actions.ask(action), source as never);
  return {
    log,
    send: (...signals: string[]) => signals.forEach((signal) => void source.emit(signal)),
    async end(action: string) {
      ends.get(action)!();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('a signal starts the action that the table defines for it', () => {
  const { log, send } = started();
  send('SIGTTIN', 'SIGHUP', 'SIGUSR1');
  expect(log).toEqual(['more', 'reload']);
});

test('an action that must wait runs once, even if it was requested several times', async () => {
  const { log, send, end } = started();
  send('SIGHUP', 'SIGHUP', 'SIGHUP', 'SIGTTIN');
  expect(log).toEqual(['reload']);
  await end('reload');
  expect(log).toEqual(['reload', 'reload']);
  await end('reload');
  expect(log).toEqual(['reload', 'reload', 'more']);
});

test('a stop discards the actions that are waiting', async () => {
  const { log, send, end } = started();
  send('SIGHUP', 'SIGHUP', 'SIGTERM', 'SIGTERM', 'SIGTTIN', 'SIGINT');
  expect(log).toEqual(['reload', 'stop', 'quit']);
  await end('reload');
  expect(log).toEqual(['reload', 'stop', 'quit']);
});
