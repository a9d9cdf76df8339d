import { execFile } from 'node:child_process';

/**
 * Reports the state of the server to systemd. The promises resolve when the report was sent or has failed; they never
 * reject.
 */
export interface Notifier {
  /** Reports that the server serves, after the start or a reload. */
  ready(): Promise<void>;
  reloading(): Promise<void>;
  stopping(): Promise<void>;
  /** Reports the main process. If it is another process, this notifier reports nothing more. */
  mainPid(pid: number): Promise<void>;
  /** One line for `systemctl status`. */
  status(text: string): Promise<void>;
}

export interface NotifierOptions {
  /**
   * While this returns false, no keep-alive is sent, and the watchdog of systemd restarts the unit. @default always
   * true
   */
  readonly isHealthy?: () => boolean;
  /** The process for which systemd must have set the watchdog. @default this process */
  readonly pid?: number;
}

const PROGRAM = 'systemd-notify';
const PROGRAM_TIMEOUT_MS = 10_000;
/** The limit of `setInterval()`. */
const LONGEST_INTERVAL_MS = 2 ** 31 - 1;

/**
 * A notifier for a unit's `Type=notify`, `Type=notify-reload` and `WatchdogSec=`. Node has no unix sockets for
 * datagrams, so the program `systemd-notify` sends them, a process of its own: the unit needs `NotifyAccess=all`.
 * Without NOTIFY_SOCKET, it does nothing.
 *
 * @param env The environment of the arbiter.
 * @param onNotice Called once with the reason if systemd cannot be notified, in one line.
 * @example createNotifier(process.env, (text) => log.warning(text)).ready()
 */
export function createNotifier(
  env: NodeJS.ProcessEnv,
  onNotice: (text: string) => void,
  { isHealthy = () => true, pid = process.pid }: NotifierOptions = {},
): Notifier {
  const messages = new MessageQueue(env, onNotice);
  const intervalMs = watchdogIntervalMs(env, pid);
  if (intervalMs !== undefined)
    setInterval(() => {
      if (isHealthy()) void messages.send('WATCHDOG=1');
    }, intervalMs).unref();
  return {
    ready: () => messages.send('READY=1'),
    reloading: () => messages.send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => messages.send('STOPPING=1'),
    mainPid(mainPid) {
      const sent = messages.send(`MAINPID=${mainPid}`);
      // The stop of this process is then not a stop of the unit.
      if (mainPid !== pid) messages.close();
      return sent;
    },
    status: (text) => messages.send(`STATUS=${text.replace(/\s+/g, ' ')}`),
  };
}

/** Sends messages to systemd in order. */
class MessageQueue {
  readonly #env: NodeJS.ProcessEnv;
  readonly #onNotice: (text: string) => void;
  #latest: Promise<void> = Promise.resolve();
  #isClosed: boolean;
  #hasFailed = false;

  constructor(env: NodeJS.ProcessEnv, onNotice: (text: string) => void) {
    this.#env = env;
    this.#onNotice = onNotice;
    this.#isClosed = !env.NOTIFY_SOCKET;
  }

  send(...assignments: string[]): Promise<void> {
    if (!this.#isClosed) this.#latest = this.#latest.then(() => this.#run(assignments));
    return this.#latest;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #run(assignments: readonly string[]): Promise<void> {
    if (this.#hasFailed) return;
    const { PATH, NOTIFY_SOCKET } = this.#env;
    const failure = await new Promise<string | undefined>((resolve) => {
      const options = { env: { PATH, NOTIFY_SOCKET }, timeout: PROGRAM_TIMEOUT_MS };
      execFile(PROGRAM, assignments, options, (error, _stdout, stderr) => {
        if (error === null) resolve(undefined);
        else resolve(error.code === 'ENOENT' ? 'there is no such program' : stderr.trim() || error.message);
      });
    });
    if (failure === undefined) return;
    this.#hasFailed = true;
    this.close(); // One notice is enough, so no further message is sent.
    this.#onNotice(`Cannot notify systemd by ${PROGRAM}: ${failure}.`);
  }
}

/** Half of the watchdog's time limit. Undefined if systemd has not set the watchdog for this process. */
function watchdogIntervalMs(env: NodeJS.ProcessEnv, pid: number): number | undefined {
  const limitMs = Number(env.WATCHDOG_USEC) / 1000;
  const isForUs = !env.WATCHDOG_PID || Number(env.WATCHDOG_PID) === pid;
  if (!isForUs || !(limitMs > 0)) return undefined;
  return Math.min(limitMs / 2, LONGEST_INTERVAL_MS);
}
