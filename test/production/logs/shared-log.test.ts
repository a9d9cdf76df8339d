import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildScript } from '../../_build-script.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const PROCESSES = 4;
const LINES = 10_000;
const ROTATIONS = 10;

let script: string;
beforeAll(async () => {
  script = await buildScript(path.join(import.meta.dirname, '_log-worker.ts'));
});

test('no line is lost or torn in a file that is renamed and reopened while four processes write to it', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'access.log');
  const workers = start(file, 'ignore');
  const troubles = troublesOf(workers);
  const ends = workers.map((worker) => once(worker, 'exit'));
  for (let i = 0; i < ROTATIONS; i++) {
    await until(() => existsSync(file) || workers.every(({ exitCode }) => exitCode !== null));
    if (!existsSync(file)) break; // all lines are written
    renameSync(file, `${file}.${i}`);
    await Promise.all(workers.map(reopen));
  }
  await Promise.all(ends);
  expect(troubles).toEqual([]);
  const parts = readdirSync(folder);
  expect(parts.length).toBeGreaterThan(2);
  expectAllLines(parts.map((name) => readFileSync(path.join(folder, name), 'utf8')).join(''));
});

test('no line is lost or torn in a pipe that four processes share, and long ones are cut', async () => {
  const fifo = path.join(temporaryFolder(), 'fifo');
  execFileSync('mkfifo', [fifo]);
  const reading = text(createReadStream(fifo));
  const fd = openSync(fifo, 'r+'); // as a writer alone it would wait for the reader
  const workers = start('-', fd);
  const troubles = troublesOf(workers);
  closeSync(fd);
  const all = await reading;
  expect(troubles).toEqual([]);
  expectAllLines(all);
  const long = all.split('\n').filter((line) => line.length > 1_000);
  expect(long).toHaveLength((PROCESSES * LINES) / 1_000);
  const atomic = 'a line with its line feed has the 4096 bytes that a pipe takes as a whole';
  expect(new Set(long.map((line) => line.length)), atomic).toEqual(new Set([4_095]));
});

function start(target: string, stdout: 'ignore' | number): ChildProcess[] {
  return Array.from({ length: PROCESSES }, (_, id) => {
    const worker = spawn(process.execPath, [script, target, String(id), String(LINES)], {
      stdio: ['ignore', stdout, 'inherit', 'ipc'],
    });
    onTestFinished(() => void worker.kill('SIGKILL'));
    return worker;
  });
}

function troublesOf(workers: readonly ChildProcess[]): unknown[] {
  const troubles: unknown[] = [];
  for (const worker of workers) {
    worker.on('message', (message) => {
      if (message !== 'reopened') troubles.push(message);
    });
  }
  return troubles;
}

/** Resolves when the worker has opened its log anew, or has ended. */
async function reopen(worker: ChildProcess): Promise<void> {
  if (!worker.connected) return;
  const over = new AbortController();
  const done = ['message', 'disconnect'].map((event) => once(worker, event, over));
  worker.send('reopen', () => {});
  await Promise.race(done);
  over.abort();
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

function expectAllLines(all: string): void {
  const lines = all.split('\n');
  expect(lines.pop()).toBe('');
  expect(lines).toHaveLength(PROCESSES * LINES);
  const seen = Array.from({ length: PROCESSES }, () => new Set<string>());
  for (const line of lines) {
    const [, id, place, rest] =
      /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/(\d)\/(\d+)\/(x* HTTP\/1\.1" 200 12 "-" "-"|x+ \(cut\))$/.exec(
        line,
      ) ?? [];
    if (rest === undefined) throw new Error(`A torn line: ${line}`);
    seen[Number(id)]!.add(place!);
  }
  expect(seen.map((places) => places.size)).toEqual(seen.map(() => LINES));
}
