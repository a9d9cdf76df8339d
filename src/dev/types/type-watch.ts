import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { HAS_GROUPS, ProcessGroup } from '../../arbiter/process-group.ts';
import { findTypeScript, hasTypes } from './find-typescript.ts';
import { spawnTsc } from './tsc.ts';
import type { TypeProblem } from './tsc-output.ts';

interface TypeWatchOptions {
  /** The project root. */
  readonly root: string;
  /** Makes sure that the process ends when this process ends, in any way. */
  readonly watchProcess: (child: { readonly pid: number | undefined; readonly ended: Promise<void> }) => void;
  /** Called with all errors each time the compiler has checked everything. */
  readonly onProblems: (problems: readonly TypeProblem[]) => void;
  readonly onNotice: (text: string) => void;
}

/** The delay gives the spare worker for the next reload time to get ready. */
const START_DELAY_MS = 500;

/** Pages that wait for a load send their requests within this time after it. */
const PAUSE_AFTER_LOAD_MS = 300;

/** The longest pause. A load that takes longer gains little from it. */
const MOST_PAUSE_MS = 2_000;

/** A compiler with a working watch begins to check a change within this time. */
const DEAF_AFTER_MS = 2_000;

/**
 * Runs the site's own `tsc --noEmit --watch` beside the server. No request and no reload waits for it. It has the
 * lowest priority, and is stopped from a save until the first answer, except on Windows, which has no signals for that.
 * It does not run for a site without `tsconfig.json` or without TypeScript.
 *
 * In a container, the watch of TypeScript 7.0 has missed every change. So a compiler that does not notice a changed
 * file is started again.
 *
 * @see https://github.com/microsoft/TypeScript/issues/63678
 */
export class TypeWatch {
  readonly #options: TypeWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #child: ChildProcess | undefined;
  #seesChanges: boolean | undefined;
  /** Whether its first round is running. In that time it cannot notice a change. */
  #isStarting = false;
  /** Whether a file has changed during the first round. */
  #hasChanged = false;
  /** The timer that ends a pause of the compiler. */
  #pause: NodeJS.Timeout | undefined;
  /** Whether the compiler must be started at the end of the pause. */
  #isSpawnDue = false;
  #isClosed = false;

  constructor(options: TypeWatchOptions) {
    this.#options = options;
  }

  /**
   * Called when a load has ended. The first load starts the compiler. A later load has changed files, which the
   * compiler should notice too.
   */
  loaded(): void {
    if (this.#pause !== undefined) this.#resumeIn(PAUSE_AFTER_LOAD_MS);
    if (this.#timer === undefined) this.#spawnIn(START_DELAY_MS);
    else if (this.#child !== undefined && this.#seesChanges !== true) this.#expectChange();
  }

  /** Called when a load begins. The compiler is stopped, so that the load has the processors to itself. */
  pause(): void {
    if (this.#pause === undefined) this.#signal('SIGSTOP');
    this.#resumeIn(MOST_PAUSE_MS);
  }

  /** Called when the first request after a load has been answered. */
  resume(): void {
    if (this.#pause === undefined) return;
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#signal('SIGCONT');
    if (this.#isSpawnDue) this.#spawn();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#pause);
    this.#kill();
  }

  /**
   * Starts the compiler again if it does not notice a change. The first round is never interrupted, since it can take
   * long on a busy machine.
   */
  #expectChange(): void {
    this.#hasChanged = this.#isStarting;
    if (this.#isStarting) return;
    clearTimeout(this.#timer);
    this.#spawnIn(this.#seesChanges === undefined ? DEAF_AFTER_MS : START_DELAY_MS);
  }

  #spawnIn(ms: number): void {
    this.#timer = setTimeout(() => this.#spawn(), ms).unref();
  }

  #resumeIn(ms: number): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.resume(), ms).unref();
  }

  #spawn(): void {
    this.#isSpawnDue = this.#pause !== undefined;
    if (this.#isSpawnDue) return;
    const { root, onProblems, onNotice, watchProcess } = this.#options;
    const program = !this.#isClosed && hasTypes(root) ? findTypeScript(root) : undefined;
    if (program === undefined) return;
    if (this.#child !== undefined) this.#seesChanges = false;
    this.#kill();
    this.#isStarting = true;
    this.#hasChanged = false;
    const child = spawnTsc(
      program,
      root,
      ['--watch', '--preserveWatchOutput'],
      (problems) => {
        if (child !== this.#child) return;
        this.#isStarting = false;
        onProblems(problems);
        if (this.#hasChanged && this.#seesChanges !== true) this.#expectChange();
      },
      () => {
        if (child !== this.#child) return;
        this.#seesChanges = true;
        clearTimeout(this.#timer);
      },
    );
    this.#child = child;
    const ended = new Promise<void>((resolve) => {
      child.once('close', (code, signal) => {
        if (child === this.#child) onNotice(lostNotice(signal ?? code));
        if (child === this.#child) this.#child = undefined;
        resolve();
      });
    });
    if (child.pid === undefined) return;
    lowerPriority(child.pid);
    watchProcess({ pid: child.pid, ended });
  }

  /** Kills the compiler. It has nothing to clean up. */
  #kill(): void {
    this.#signal('SIGKILL');
    this.#child = undefined;
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const pid = this.#child?.pid;
    if (pid !== undefined && (HAS_GROUPS || signal === 'SIGKILL')) new ProcessGroup(pid).signal(signal);
  }
}

function lostNotice(end: NodeJS.Signals | number | null): string {
  return `The TypeScript compiler has ended (${end}): types are not checked until runserver starts again. To check them once: runserver --check`;
}

/**
 * Lowers the priority of a process and of the processes that it starts later. On Linux with `sched_autogroup_enabled`,
 * each process group also has its own share of the processors, which is lowered by another file.
 *
 * @see https://man7.org/linux/man-pages/man7/sched.7.html "The autogroup feature"
 */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // The process has ended already.
  }
  if (process.platform !== 'linux') return;
  const ignore = () => {}; // The kernel does not have this feature.
  writeFile(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW), ignore);
}
