import { expect, test } from 'vitest';
import { runTool } from '../../../src/scaffold/tools/run-tool.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

function runNode(script: string, signal = new AbortController().signal) {
  return runTool(process.execPath, ['-e', script], { cwd: temporaryFolder(), signal, stdio: 'ignore' });
}

test('a tool that succeeds is done', async () => {
  await runNode('');
});

test('a tool that fails is named with its exit code', async () => {
  await expect(runNode('process.exit(3)')).rejects.toThrow(/ -e process\.exit\(3\)' failed with 3\.$/);
});

test('a tool that was killed is named with the signal', async () => {
  await expect(runNode("process.kill(process.pid, 'SIGKILL')")).rejects.toThrow(/failed with SIGKILL\.$/);
});

test('a missing tool is named', async () => {
  const options = { cwd: temporaryFolder(), signal: new AbortController().signal, stdio: 'ignore' } as const;
  await expect(runTool('no-such-tool', ['x'], options)).rejects.toThrow(
    "Could not run 'no-such-tool x': no-such-tool was not found.",
  );
});

test('an abort ends the tool', async () => {
  const abort = new AbortController();
  const running = runNode('setInterval(() => {}, 1000)', abort.signal);
  abort.abort('SIGTERM');
  await expect(running).rejects.toBe('SIGTERM');
});
