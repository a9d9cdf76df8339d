/** A server in a process of its own, as far as its control channel knows it: what it is asked to do it pretends, but for requests, which a worker answers. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Controllable, ReloadStatus } from '../../../src/production/control/controllable.ts';
import { openControl } from '../../../src/production/control/open-control.ts';
import { RecentLines } from '../../../src/production/control/recent-lines.ts';

export interface FakeServer {
  readonly root: string;
  readonly name?: string;
  readonly pidFile?: string;
  /** @default ['mysite'] */
  readonly sites?: readonly string[];
  /** Why no reload takes. */
  readonly broken?: string;
  /** Whether it does not end when it is asked to. */
  readonly isStuck?: boolean;
}

const print = (text: string) => void process.stdout.write(`${text}\n`);

if (process.argv[2] === 'worker') serve();
else await run(JSON.parse(process.argv[2]!));

/** Says what it was asked, as JSON. */
function serve(): void {
  const server = http.createServer(async (request, response) => {
    const { method, url, rawHeaders } = request;
    if (url === '/reset') response.destroy();
    const body = await text(request);
    response.writeHead(url === '/missing' ? 404 : 200, { 'X-Two': ['a', 'b'] });
    response.end(JSON.stringify({ method, url, rawHeaders, body }));
  });
  process
    .on('message', (_message, socket) => server.emit('connection', socket))
    .on('disconnect', () => process.exit());
}

async function run({ root, name, pidFile, sites = ['mysite'], broken, isStuck }: FakeServer): Promise<void> {
  const worker = fork(process.argv[1]!, ['worker']);
  await once(worker, 'spawn');
  const log = new RecentLines();
  const generations = new Map(sites.map((site) => [site, 1]));
  const sizes = new Map(sites.map((site) => [site, 1]));
  let lastReload: ReloadStatus | undefined;
  const controllable: Controllable = {
    status: () => ({
      pid: process.pid,
      version: '0.1.0',
      node: process.version,
      startedAt: new Date(Date.now() - 3_723_000).toISOString(),
      sites: sites.map((site) => ({
        name: site,
        addresses: [`unix:/run/${site}.sock`],
        generation: generations.get(site)!,
        state: 'serving',
        ...(lastReload && { lastReload }),
        workers: Array.from({ length: sizes.get(site)! }, () => ({
          pid: worker.pid!,
          age: 65,
          requests: 1_204_332,
          inFlight: 3,
          memory: 64_000_000,
          state: 'serving',
        })),
      })),
    }),
    async reload(site) {
      lastReload = {
        at: new Date().toISOString(),
        ok: broken === undefined,
        ...(broken && { reason: broken }),
      };
      if (broken !== undefined) return { ok: false, reason: broken };
      for (const one of site === undefined ? sites : [site]) generations.set(one, generations.get(one)! + 1);
      return { ok: true };
    },
    async scale(workers, site = sites[0]!) {
      sizes.set(site, workers);
      return { ok: true };
    },
    stop(mode) {
      print(`stop ${mode}`);
      if (isStuck) return { withinMs: -4_900 }; // A command waits for 5 s more.
      worker.kill();
      worker.once('exit', () => {
        control.close();
        process.exit();
      });
      return { withinMs: 20_000 };
    },
    tail: (listener) => log.tail(listener),
    inject: () => ({ ok: true, dispatch: (connection: Socket) => worker.send({}, connection) }),
  };
  const control = await openControl({
    root,
    controllable,
    env: process.env,
    ...(name && { name }),
    ...(pidFile && { pidFile }),
    onNotice: (text) => print(`notice ${text}`),
  });
  print(`place ${control.place}`);
  createInterface(process.stdin).on('line', (line) => log.add(line));
}
