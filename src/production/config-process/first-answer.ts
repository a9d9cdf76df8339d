import type { Whereabouts, WorkerExit, WorkerHandle } from '../../arbiter/worker-handle.ts';
import type { WorkerPool } from '../../arbiter/worker-pool.ts';
import { exitError, fromFailure, hangError, type Subject } from './answer-errors.ts';
import type { FromConfigProcess, MessageOf, ToConfigProcess } from './messages.ts';

/** The parent's side of a process that reads the configuration or checks a site. */
export type ConfigProcessHandle = WorkerHandle<FromConfigProcess, ToConfigProcess>;

export type ConfigProcessPool = WorkerPool<FromConfigProcess, ConfigProcessHandle>;

/** The request to a booted process. */
interface Question<Type extends FromConfigProcess['type']> {
  readonly message: ToConfigProcess;
  /** The type of the message that answers it. */
  readonly answer: Type;
  /** The module that is being loaded, for errors. */
  readonly subject: Subject;
  readonly timeoutMs: number;
  /** Receives all other messages. @default ignored */
  readonly onMessage?: (message: FromConfigProcess) => void;
  /** Called when the process has ended, at any time. @default ignored */
  readonly onExit?: (exit: WorkerExit) => void;
}

const PONG_TIMEOUT_MS = 500;
const WAITS: Whereabouts = { rest: 'It waits for a promise.' };

/**
 * Sends one request to a new process, and adds the process to the pool, which will end it.
 *
 * @throws {ImproperlyConfigured} if it answers with a failure, takes too long, or ends. A process that takes too long
 * is killed.
 */
export async function firstAnswer<Type extends FromConfigProcess['type']>(
  pool: ConfigProcessPool,
  handle: ConfigProcessHandle,
  { message: question, answer, subject, timeoutMs, onMessage, onExit }: Question<Type>,
): Promise<MessageOf<Type>> {
  let timer: NodeJS.Timeout | undefined;
  let onPong = () => {};
  /** Whether the event loop of the process turns, so that it waits for something and is not busy. */
  const turnsItsLoop = () =>
    new Promise<boolean>((resolve) => {
      onPong = () => resolve(true);
      handle.send({ type: 'ping' });
      setTimeout(resolve, PONG_TIMEOUT_MS, false);
    });
  try {
    return await new Promise((resolve, reject) => {
      let stack: string | undefined;
      timer = setTimeout(async () => {
        const where = (await turnsItsLoop()) ? WAITS : await handle.whereabouts();
        reject(hangError(subject, timeoutMs, where));
        handle.kill();
      }, timeoutMs);
      pool.adopt(handle, {
        onMessage(message) {
          if (message.type === 'booted') handle.send(question);
          else if (message.type === answer) resolve(message as MessageOf<Type>);
          else if (message.type === 'unreadable') reject(fromFailure(message.failure));
          else if (message.type === 'exiting') stack = message.stack;
          else if (message.type === 'pong') onPong();
          else onMessage?.(message);
        },
        onExit(exit) {
          reject(exitError(subject, exit, stack));
          onExit?.(exit);
        },
      });
    });
  } finally {
    clearTimeout(timer);
  }
}
