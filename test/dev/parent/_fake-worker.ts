import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import type { Whereabouts, WorkerEvents, WorkerExit } from '../../../src/arbiter/worker-handle.ts';
import type { ToArbiter, ToWorker } from '../../../src/dev/messages.ts';
import type { DevWorkerHandle } from '../../../src/dev/parent/dev-worker-handle.ts';
import type { Failure } from '../../../src/worker/messages.ts';

type Sent<Type extends ToWorker['type']> = Extract<ToWorker, { type: Type }>;

const NO_HERITAGE = { packages: [], entries: [] };

/** A worker without a process: a test says what it does, and sees what it was sent. */
export class FakeWorker {
  isBooted = false;
  isGone = false;
  isTerminated = false;
  isKilled = false;
  isHolding = false;
  readonly ended: Promise<void>;
  #hasEnded!: () => void;
  isFree = true;
  hasReceived = false;
  /** What `whereabouts()` finds, and with it whether it answers at all. */
  hangsAt: string | undefined;
  readonly touched = new Set<string>();
  readonly asked = new Map();
  isRetired = false;
  exitStack: string | undefined;
  stuckAt: string | undefined;
  readonly ahead: Extract<ToArbiter, { type: 'files' }>[] = [];
  readonly sent: ToWorker[] = [];
  readonly sockets: Socket[] = [];
  readonly #news = new EventEmitter();
  #events: WorkerEvents<ToArbiter, DevWorkerHandle> | undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#hasEnded = resolve;
    });
  }

  /** The same, for who expects a real one. */
  get handle(): DevWorkerHandle {
    return this as unknown as DevWorkerHandle;
  }

  touch(files: readonly string[]): void {
    for (const file of files) this.touched.add(file);
  }

  listen(events: WorkerEvents<ToArbiter, DevWorkerHandle>): void {
    this.#events = events;
  }

  send(message: ToWorker, socket?: Socket): void {
    this.sent.push(message);
    if (socket) this.sockets.push(socket);
    this.#news.emit(message.type);
    if (this.hangsAt !== undefined) return;
    if (message.type === 'connection') {
      this.hasReceived = true;
      this.say({ type: 'free', answered: [] });
    }
    if (message.type === 'ping') this.say({ type: 'pong', openRequests: 0 });
  }

  async whereabouts(): Promise<Whereabouts> {
    return { stack: this.hangsAt };
  }

  terminate(): void {
    this.isTerminated = true;
  }

  kill(): void {
    this.isKilled = true;
    this.#news.emit('kill');
  }

  /** The messages of a kind that it was sent. */
  all<Type extends ToWorker['type']>(type: Type): Sent<Type>[] {
    return this.sent.filter((message): message is Sent<Type> => message.type === type);
  }

  /** Waits for the first message of a kind. */
  async got<Type extends ToWorker['type']>(type: Type): Promise<Sent<Type>> {
    if (this.all(type).length === 0) await once(this.#news, type);
    return this.all(type)[0]!;
  }

  async killed(): Promise<void> {
    if (!this.isKilled) await once(this.#news, 'kill');
  }

  get isActivated(): boolean {
    return this.all('activate').length > 0;
  }

  boot(): void {
    this.isBooted = true;
    this.say({ type: 'booted' });
  }

  say(message: ToArbiter): void {
    this.#events?.onMessage(message, this.handle);
  }

  /** It ends, and has not answered the request of a connection that it was sent, by its number from 1. */
  exitUnanswered(id: number, exit: Partial<WorkerExit> = {}): void {
    this.hasReceived = true;
    const whole = { code: exit.signal ? null : 0, signal: null, ...exit };
    this.exit(exit);
    this.#events?.onUnanswered?.(this.sockets[id - 1]!, id, whole);
  }

  ready(failure?: Failure, heritage = NO_HERITAGE as Sent<'warm'>['heritage']): void {
    this.say({ type: 'ready', failure, heritage });
  }

  exit(exit: Partial<WorkerExit> = {}): void {
    this.isGone = true;
    this.#events?.onExit({ code: exit.signal ? null : 0, signal: null, ...exit }, this.handle);
    this.#hasEnded();
  }
}
