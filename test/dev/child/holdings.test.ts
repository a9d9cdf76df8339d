import { describe, expect, test } from 'vitest';
import { isAwaited, isPortTaken } from '../../../src/dev/child/holdings.ts';

const taken = () => Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });

test('a port is in use when an error or one of its causes says so', () => {
  expect(isPortTaken(taken())).toBe(true);
  expect(isPortTaken(new Error('no server', { cause: taken() }))).toBe(true);
  expect(isPortTaken(new Error('no server'))).toBe(false);
  expect(isPortTaken('EADDRINUSE')).toBe(false);
});

test('circular causes end the search', () => {
  const error = new Error('round');
  error.cause = error;
  expect(isPortTaken(error)).toBe(false);
});

test.each(['code', 'cause'])('an error whose %s throws is not about a port', (name) => {
  const error = Object.defineProperty(new Error('no'), name, {
    get() {
      throw new Error('not for you');
    },
  });
  expect(isPortTaken(error)).toBe(false);
});

describe('the next load may wait for', () => {
  const LOCKS =
    '1: POSIX  ADVISORY  WRITE 17 fe:00:160 0 EOF\n2: -> POSIX  ADVISORY  WRITE 18 fe:00:160 0 EOF\n';

  test.each(['TCPServerWrap', 'PipeServerWrap', 'TCPSocketWrap', 'UDPWrap', 'ProcessWrap'])(
    'a %s',
    (kind) => {
      expect(isAwaited(['Timeout', kind], '', 1)).toBe(true);
    },
  );

  test('a locked file', () => {
    expect(isAwaited([], LOCKS, 17)).toBe(true);
    expect(isAwaited([], '1: OFDLCK ADVISORY  WRITE -1 fe:00:160 0 EOF\n', 17)).toBe(true);
  });

  test('unknown resources, when the system has no list of locks', () => {
    expect(isAwaited([], undefined, 17)).toBe(true);
  });

  test('nothing of a process with timers and pipes and without locks', () => {
    expect(isAwaited(['Timeout', 'PipeWrap', 'TTYWrap', 'FSEventWrap'], LOCKS, 1)).toBe(false);
  });
});
