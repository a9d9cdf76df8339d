import { expect, onTestFinished, test, vi } from 'vitest';
import { endWithOutput, goOnWithoutOutput, print, printError } from '../../../src/cli/terminal/output.ts';

const BROKEN = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
const FULL = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
const OUTPUTS = [process.stdout, process.stderr];

/** Breaks stdout and stderr. Returns how often the process would have ended. */
function ends(error: Error, prepare: () => void): number {
  const before = OUTPUTS.map((output) => output.listeners('error'));
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
  prepare();
  for (const output of OUTPUTS) output.emit('error', error);
  for (const [index, output] of OUTPUTS.entries()) {
    for (const listener of output.listeners('error')) {
      if (!before[index]!.includes(listener)) output.off('error', listener as () => void);
    }
  }
  const count = exit.mock.calls.length;
  exit.mockRestore();
  return count;
}

test('a command may end when nobody reads it any longer', () => {
  expect(ends(BROKEN, endWithOutput)).toBe(1);
});

test('a command that works goes on when nobody reads it any longer', () => {
  const prepare = () => {
    endWithOutput();
    goOnWithoutOutput();
  };
  expect(ends(BROKEN, prepare)).toBe(0);
});

test('no command ends because a disk is full', () => {
  expect(ends(FULL, endWithOutput)).toBe(0);
  expect(ends(FULL, goOnWithoutOutput)).toBe(0);
});

test('output that is not read is dropped above a limit', () => {
  for (const [output, write] of [
    [process.stdout, print],
    [process.stderr, printError],
  ] as const) {
    const waiting = vi.spyOn(output, 'writableLength', 'get').mockReturnValue(2_000_000);
    const written = vi.spyOn(output, 'write').mockReturnValue(true);
    onTestFinished(() => {
      waiting.mockRestore();
      written.mockRestore();
    });
    write('dropped');
    waiting.mockReturnValue(100);
    write('written');
    expect(written.mock.calls).toEqual([['written']]);
  }
});
