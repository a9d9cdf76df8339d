import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, onTestFinished } from 'vitest';
import { buildScript } from '../../_build-script.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes the command. It is in a package, whose version it knows. */
export async function buildCommand(): Promise<string> {
  const folder = temporaryFolder({ 'package.json': '{ "version": "0.1.0", "type": "module" }' }, afterAll);
  const file = path.join(folder, 'dist/cli/runwsgi.js');
  mkdirSync(path.dirname(file), { recursive: true });
  copyFileSync(await buildScript(path.join(import.meta.dirname, '_runwsgi.ts')), file);
  return file;
}

/** Starts it in a folder. It ends with the test. */
export function start(script: string, cwd: string, args: readonly string[]): ChildProcess {
  const env = { PATH: process.env.PATH, PWD: cwd, NO_COLOR: '1' };
  const child = spawn(process.execPath, [script, ...args], { cwd, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs it to its end. */
export async function run(script: string, cwd: string, args: readonly string[], stdin = ''): Promise<Ended> {
  const child = start(script, cwd, args);
  child.stdin!.end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}
