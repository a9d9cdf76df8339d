import { onTestFinished } from 'vitest';
import { Generation, type GenerationOptions } from '../../src/arbiter/generation.ts';
import { Heartbeat } from '../../src/arbiter/heartbeat.ts';
import {
  ListeningSocket,
  type ListeningSocketOptions,
  type SocketAddress,
} from '../../src/arbiter/listening-socket.ts';
import { WorkerPool } from '../../src/arbiter/worker-pool.ts';
import type { SharedToArbiter } from '../../src/worker/messages.ts';
import type { Behaviour } from './_prefork-worker.ts';
import { spawnWorker, type Worker } from './_spawn-worker.ts';

type Options = Partial<GenerationOptions<SharedToArbiter, Worker>>;

const DRAIN_MS = 5_000;

/** A second strategy on the arbiter: workers that accept for themselves, and a reload that proves itself first. */
export class Prefork {
  readonly exits: (number | string | null)[] = [];
  readonly spawned: Worker[] = [];
  readonly pool = new WorkerPool<SharedToArbiter, Worker>();
  readonly heartbeat = new Heartbeat<Worker>((worker) => worker.kill(), { beatMs: 50, silentBeats: 40 });
  generation: Generation<SharedToArbiter, Worker> | undefined;
  readonly #script: string;
  readonly #socket: ListeningSocket;

  private constructor(script: string, socket: ListeningSocket) {
    this.#script = script;
    this.#socket = socket;
  }

  static async open(
    script: string,
    address?: SocketAddress,
    options?: ListeningSocketOptions,
  ): Promise<Prefork> {
    const socket = await ListeningSocket.open(address ?? { host: '127.0.0.1', port: 0 }, options);
    const prefork = new Prefork(script, socket);
    onTestFinished(() => prefork.close());
    return prefork;
  }

  get address() {
    return this.#socket.address;
  }

  /** The new generation serves when it has proven itself; until then, and if it does not, the old one does. */
  async reload(behaviour?: Partial<Behaviour>, options?: Options): Promise<void> {
    const next = new Generation<SharedToArbiter, Worker>({
      pool: this.pool,
      size: 3,
      spawn: () => {
        const worker = spawnWorker(this.#script, behaviour);
        this.spawned.push(worker);
        return worker;
      },
      onBooted: (worker) => this.#socket.giveTo(worker),
      onMessage: (message, worker) => {
        if (message.type === 'ready') this.heartbeat.watch(worker);
        if (message.type === 'pong') this.heartbeat.answered(worker, true);
      },
      onLeft: (worker, exit) => {
        this.heartbeat.forget(worker);
        this.#socket.takeFrom(worker);
        if (exit) this.exits.push(exit.signal ?? exit.code);
      },
      ...options,
    });
    next.start();
    try {
      await next.ready;
    } catch (error) {
      next.retire(0);
      throw error;
    }
    this.generation?.retire(DRAIN_MS);
    this.generation = next;
  }

  async close(): Promise<void> {
    this.generation?.retire(0);
    this.heartbeat.stop();
    this.#socket.close();
    await this.pool.close('SIGTERM');
  }
}
