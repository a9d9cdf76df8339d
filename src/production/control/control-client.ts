import { connect, type Socket } from 'node:net';
import { CommandError } from '../../errors.ts';
import type { FoundServer } from './find-servers.ts';
import { type ControlReply, type ControlRequest, type Greeting, LineReader, writeLine } from './protocol.ts';
import { readSecret } from './secret.ts';

/** Enough for the status of ten thousand workers. */
const MAX_REPLY_LENGTH = 2_000_000;
/** The time limit for replies that need no work. */
export const ANSWER_TIMEOUT_MS = 5_000;

/** The client's end of a connection to a running server. */
export class ControlClient {
  readonly #socket: Socket;
  readonly #reader = new LineReader(MAX_REPLY_LENGTH);
  readonly #lines: string[] = [];
  #secret: string | undefined;
  #isEnded = false;
  #wake = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#read).once('close', () => {
      this.#isEnded = true;
      this.#wake();
    });
  }

  /**
   * Connects to a server.
   *
   * @returns undefined if the server has ended and only its socket file is left.
   * @throws {CommandError} if the server does not answer, or this user may not use it.
   */
  static async connect({ path, pid }: Pick<FoundServer, 'path' | 'pid'>): Promise<ControlClient | undefined> {
    const socket = await connected(path);
    if (socket === undefined) return undefined;
    const client = new ControlClient(socket);
    try {
      const greeting = (await client.#next(ANSWER_TIMEOUT_MS)) as Greeting | undefined;
      if (greeting === undefined) throw silent(pid);
      if (greeting.secretIn !== undefined) client.#secret = readSecret(pid, greeting.secretIn);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /**
   * Sends the request, and returns the first reply.
   *
   * @param timeoutMs The time limit for the reply. @default none
   * @throws {CommandError} with the server's reason.
   */
  async ask(request: ControlRequest, timeoutMs?: number): Promise<ControlReply> {
    writeLine(this.#socket, { ...request, secret: this.#secret });
    const reply = (await this.#next(timeoutMs)) as ControlReply | undefined;
    if (reply?.ok) return reply;
    throw new CommandError(
      reply?.reason ??
        (this.#isEnded ? 'The server ended before it had answered.' : 'The server does not answer.'),
    );
  }

  /** The lines after the first reply, until the server closes the connection. */
  async *replies(): AsyncGenerator<ControlReply> {
    for (let reply = await this.#next(); reply !== undefined; reply = await this.#next()) {
      yield reply as ControlReply;
    }
  }

  /** Waits until the server closes the connection. @returns whether it did so in time. */
  async ended(timeoutMs: number): Promise<boolean> {
    if (!this.#isEnded) await this.#news(timeoutMs);
    return this.#isEnded;
  }

  /** Releases the connection. Everything that follows on it is HTTP. */
  release(): Socket {
    this.#socket.off('data', this.#read).pause();
    return this.#socket;
  }

  close(): void {
    this.#socket.destroy();
  }

  readonly #read = (bytes: Buffer): void => {
    const lines = this.#reader.add(bytes);
    if (lines === undefined) this.close();
    else this.#lines.push(...lines);
    this.#wake();
  };

  /** @returns undefined when the connection ends, or after the time limit. */
  async #next(timeoutMs?: number): Promise<unknown> {
    while (this.#lines.length === 0 && !this.#isEnded) {
      if (!(await this.#news(timeoutMs))) return undefined;
    }
    const line = this.#lines.shift();
    return line === undefined ? undefined : parse(line);
  }

  /** Waits for bytes or the end. @returns whether one of them came in time */
  #news(timeoutMs?: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timeout = timeoutMs === undefined ? undefined : setTimeout(() => resolve(false), timeoutMs);
      this.#wake = () => {
        clearTimeout(timeout);
        resolve(true);
      };
    });
  }
}

function silent(pid: number): CommandError {
  return new CommandError(`The server does not answer${pid === 0 ? '' : ` (process ${pid})`}.`, {
    hint: 'It may be suspended, or the machine very busy.',
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new CommandError('The server at this socket is not a control channel.', { cause });
  }
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.off('error', onError).on('error', () => socket.destroy());
      resolve(socket);
    });
    const onError = (cause: NodeJS.ErrnoException) => {
      if (['ECONNREFUSED', 'ENOENT'].includes(cause.code!)) resolve(undefined);
      else reject(new CommandError(`Cannot connect to the server: ${cause.message}.`, { cause }));
    };
    socket.once('error', onError);
  });
}
