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
  /** Sees to it that the process ends with this one, however that ends. */
  readonly watchProcess: (child: { readonly pid: number | undefined; readonly ended: Promise<void> }) => void;
  /** Called with all errors, whenever the compiler has checked everything. */
  readonly onProblems: (problems: readonly TypeProblem[]) => void;
  readonly onNotice: (text: string) => void;
}

/** The spare worker for the next reload gets ready first. */
const START_DELAY_MS = 500;

/** After a load, the pages that wait for it are asked for by then. */
const PAUSE_AFTER_LOAD_MS = 300;

/** A load that takes longer does not profit from it. */
const MOST_PAUSE_MS = 2_000;

/** By then a compiler that watches has begun to check a change. */
const DEAF_AFTER_MS = 2_000;

/**
 * Runs the site's own `tsc --noEmit --watch` beside the server: it delays no request and no reload, and nothing waits for it. It has
 * the lowest priority, and is stopped from a save to the first answer, except on Windows, which has no signals for that. A site
 * without `tsconfig.json`, or without TypeScript, has none.
 *
 * The watch of TypeScript 7.0 was seen to miss every change in a container. A compiler that does not notice the change of a reload
 * is started again.
 *
 * @see https://github.com/microsoft/TypeScript/issues/63678
 */
export class TypeWatch {
  readonly #options: TypeWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #child: ChildProcess | undefined;
  #seesChanges: boolean | undefined;
  /** Whether its first round goes on, in which it can notice nothing. */
  #isStarting = false;
  /** Whether a change came in that round. */
  #hasChanged = false;
  /** While the compiler is stopped. */
  #pause: NodeJS.Timeout | undefined;
  /** Whether it is to be started when the pause is over. */
  #isSpawnDue = false;
  #isClosed = false;

  constructor(options: TypeWatchOptions) {
    this.#options = options;
  }

  /** A load has ended: the first one starts the compiler. The others are made by changes that the compiler should see, too. */
  loaded(): void {
    if (this.#pause !== undefined) this.#resumeIn(PAUSE_AFTER_LOAD_MS);
    if (this.#timer === undefined) this.#spawnIn(START_DELAY_MS);
    else if (this.#child !== undefined && this.#seesChanges !== true) this.#expectChange();
  }

  /** A load begins, which gets the processors to itself. */
  pause(): void {
    if (this.#pause === undefined) this.#signal('SIGSTOP');
    this.#resumeIn(MOST_PAUSE_MS);
  }

  /** The first request after a load has been answered. */
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

  /** Starts the compiler again if it does not notice a change. Its first round may take long on a busy machine, and goes to its end. */
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

  /** It holds nothing that it would have to give back. */
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
 * All that the process starts from here on has the priority as well. A group of processes of its own has a share of the processors of its own
 * on Linux where `sched_autogroup_enabled` is on, which another file lowers.
 *
 * @see https://man7.org/linux/man-pages/man7/sched.7.html "The autogroup feature"
 */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
  if (process.platform !== 'linux') return;
  const ignore = () => {}; // A kernel without the feature.
  writeFile(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW), ignore);
}
