import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readStack } from '../../../src/arbiter/inspection/read-stack.ts';
import { inspectorPort } from '../../../src/worker/inspection/inspector-port.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

/** A process that runs this code, once it has begun with it. */
async function running(code: string) {
  const begin = `${inspectorPort}; process.debugPort = inspectorPort(process.pid); console.log('begun');\n`;
  const setup = 'const FIRST_PORT = 20_000, PORTS = 12_000;';
  const child = spawn(process.execPath, ['--inspect-publish-uid=http', '-e', setup + begin + code], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(child.stdout, 'data');
  return { child, pid: child.pid!, said: () => said };
}

test('the stack of an endless loop is read, the innermost function first', async () => {
  const { pid, said } = await running(`
    function inner() { let Error = 'not what it was'; for (;;); }
    function outer() { inner(); }
    outer();`);
  const lines = (await readStack(pid))!.stack.split('\n').map((line) => line.trim());
  expect(lines.slice(0, 2)).toEqual([
    expect.stringMatching(/^at inner \(.*:5:\d+\)$/),
    expect.stringMatching(/^at outer \(.*:6:\d+\)$/),
  ]);
  await expect.poll(said).toBe('Debugger attached.\n');
});

test('nobody can attach to the process afterwards, although it is still blocked', async () => {
  const { pid } = await running('for (;;);');
  expect(await readStack(pid)).toBeDefined();
  await expect
    .poll(async () => {
      const socket = net.connect(inspectorPort(pid), '127.0.0.1');
      const refused = once(socket, 'error').then(([error]) => error.code);
      const connected = once(socket, 'connect').then(() => 'connected');
      const outcome = await Promise.race([refused, connected]);
      socket.destroy();
      return outcome;
    })
    .toBe('ECONNREFUSED');
});

test('the code continues afterwards', async () => {
  const folder = temporaryFolder();
  const { pid, child } = await running(
    `while (!require('node:fs').existsSync(${JSON.stringify(`${folder}/end`)})); console.log("done")`,
  );
  const done = once(child.stdout!.setEncoding('utf8'), 'data');
  expect(await readStack(pid)).toBeDefined();
  writeFileSync(`${folder}/end`, '');
  expect(await done).toEqual(['done\n']);
});

test('a regular expression that backtracks without end is found too', async () => {
  const { pid } = await running(`function check() { return /^(a+)+$/.test('a'.repeat(50) + '!'); } check();`);
  expect((await readStack(pid))?.stack).toMatch(/at RegExp\.test .*\n +at check/);
});

test('the result is undefined when no JavaScript runs', async () => {
  const { pid } = await running(`require('node:child_process').execFileSync('sleep', ['30']);`);
  expect(await readStack(pid, 1_000)).toBeUndefined();
});

test('the result is undefined when the process has ended', async () => {
  const { pid, child } = await running('');
  if (child.exitCode === null) await once(child, 'exit');
  expect(await readStack(pid)).toBeUndefined();
});
