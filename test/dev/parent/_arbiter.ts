import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { Whereabouts } from '../../../src/arbiter/worker-handle.ts';
import type { Finding } from '../../../src/checks/finding.ts';
import type { Watcher, WatcherEvents } from '../../../src/dev/changes/watcher.ts';
import { DevArbiter } from '../../../src/dev/parent/dev-arbiter.ts';
import type { DevReport } from '../../../src/dev/parent/dev-report.ts';
import { stateOf } from '../../../src/loader/sources/source-files.ts';
import type { Failure } from '../../../src/worker/messages.ts';
import type { SiteOptions } from '../../../src/worker/site/site-options.ts';
import { type Files, temporaryFolder } from '../../_temp-folder.ts';
import { FakeWorker } from './_fake-worker.ts';

/** Tells nothing by itself, and covers what a test says. */
export class FakeWatcher implements Watcher {
  readonly calls: (readonly string[])[] = [];
  covers = true;
  isClosed = false;
  readonly events: WatcherEvents;

  constructor(events: WatcherEvents) {
    this.events = events;
  }

  watch(files: Iterable<string>): readonly string[] {
    const list = [...files];
    this.calls.push(list);
    return this.covers ? list : [];
  }

  close(): void {
    this.isClosed = true;
  }
}

export class FakeReport implements DevReport {
  readonly loads: Parameters<DevReport['onLoaded']>[0][] = [];
  readonly slow: number[] = [];
  readonly slowPlaces: (Whereabouts | undefined)[] = [];
  readonly requests: unknown[] = [];
  readonly notices: string[] = [];
  readonly failures: Failure[] = [];
  readonly urls: string[] = [];
  readonly findings: (readonly Finding[])[] = [];

  onLoaded(load: Parameters<DevReport['onLoaded']>[0]): void {
    this.loads.push(load);
  }
  onSlowLoad(ms: number, where?: Whereabouts): void {
    this.slow.push(ms);
    this.slowPlaces.push(where);
  }
  onRequest(line: unknown): void {
    this.requests.push(line);
  }
  onNotice(text: string): void {
    this.notices.push(text);
  }
  onFailure(failure: Failure): void {
    this.failures.push(failure);
  }
  onUrls(text: string): void {
    this.urls.push(text);
  }
  onFindings(findings: readonly Finding[]): void {
    this.findings.push(findings);
  }
  onTypes(): void {}
}

export const SITE = {
  root: '/srv/mysite',
  settings: 'mysite.settings',
  skipChecks: false,
  serverName: '127.0.0.1',
  serverPort: 8000,
  limits: {},
};

/** An arbiter that listens, with fakes around it and files of a site in a temporary folder. */
export class Harness {
  readonly root: string;
  readonly report = new FakeReport();
  readonly workers: FakeWorker[] = [];
  readonly arbiter: DevArbiter;
  /** What the compiler that checks types was told. */
  readonly types: string[] = [];
  watcher!: FakeWatcher;
  readonly #news = new EventEmitter();
  #address: AddressInfo | undefined;

  constructor(files: Files) {
    this.root = temporaryFolder(files);
    this.arbiter = new DevArbiter({
      spawnWorker: () => this.#add().handle,
      createWatcher: (events) => {
        this.watcher = new FakeWatcher(events);
        return this.watcher;
      },
      report: this.report,
      types: {
        loaded: () => void this.types.push('loaded'),
        pause: () => void this.types.push('pause'),
        resume: () => void this.types.push('resume'),
        close: () => void this.types.push('close'),
      },
    });
  }

  async start(site: SiteOptions = SITE): Promise<FakeWorker> {
    this.#address = await this.arbiter.listener.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => {
      void this.arbiter.close();
      for (const { sockets } of this.workers) for (const socket of sockets) socket.destroy();
    });
    const first = this.#add();
    this.arbiter.start(site, first.handle);
    return first;
  }

  path(name: string): string {
    return path.join(this.root, name);
  }

  /** Changes a file, of which the watcher tells. */
  change(name: string, content: string): void {
    writeFileSync(this.path(name), content);
    this.touch(name);
  }

  touch(name: string): void {
    this.watcher.events.onTouch(this.path(name));
  }

  /** A worker that has been activated has read these files, and all is well. */
  load(worker: FakeWorker, ...names: string[]): void {
    this.read(worker, ...names);
    worker.ready();
  }

  read(worker: FakeWorker, ...names: string[]): void {
    const files = names.map((name) => [this.path(name), stateOf(this.path(name))] as const);
    // As if what is there had been read long after it was written.
    const since = this.watcher.covers ? Date.now() + 60_000 : Date.now();
    worker.say({ type: 'files', files, since, isAhead: !worker.isActivated });
  }

  /** The worker of this number, from 0, when it has been spawned. */
  async worker(index: number): Promise<FakeWorker> {
    while (this.workers.length <= index) await once(this.#news, 'spawn');
    return this.workers[index]!;
  }

  /** The same, booted. */
  async booted(index: number): Promise<FakeWorker> {
    const worker = await this.worker(index);
    worker.boot();
    return worker;
  }

  /** A client that has sent a request. */
  async connect(request = 'GET / HTTP/1.1\r\n\r\n'): Promise<net.Socket> {
    const { port, address } = this.#address!;
    const client = net.connect(port, address).on('error', () => {});
    onTestFinished(() => void client.destroy());
    await once(client, 'connect');
    await new Promise<void>((resolve) => client.write(request, () => resolve()));
    return client;
  }

  #add(): FakeWorker {
    const worker = new FakeWorker();
    this.workers.push(worker);
    this.#news.emit('spawn');
    return worker;
  }
}

/** A site that is being served by the first worker, which has read its files, with a booted spare. */
export async function serving(
  files: Files = { 'a.ts': '1' },
  read: readonly string[] = Object.keys(files),
  { covers = true } = {},
): Promise<Harness & { first: FakeWorker; spare: FakeWorker }> {
  const harness = new Harness(files);
  harness.watcher.covers = covers;
  const first = await harness.start();
  first.boot();
  harness.load(first, ...read);
  await turns();
  const spare = await harness.booted(1);
  return Object.assign(harness, { first, spare });
}

/** As many turns of the event loop as bytes on their way to us may take, and more. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Lets a test move the time on, for time-outs. Connections and turns of the event loop go on as ever. */
export function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
}
