import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { describeWith, MEMCACHED, POSTGRESQL } from './_real-parts.ts';
import { get, type RunningSite, runserver } from './_runserver.ts';
import {
  type ForeignServer,
  memcachedConnections,
  postgresqlConnections,
  startMemcached,
  startPostgresql,
} from './_servers.ts';

const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const REQUESTS = 1000;
const CONCURRENCY = 8;
const POOL_SIZE = 4;
const LOAD_TIMEOUT_MS = 120_000;
/** Not more than PostgreSQL takes. */
const SWALLOWED_REQUESTS = 20;

const FILES = {
  'mysite/connections.ts': `import net from 'node:net';
import { once } from 'node:events';
import { Pool, type PoolClient } from 'pg';
import { requestFinished, requestStarted } from 'startproject/signals';
import type { Environ } from 'startproject/wsgi';

const { POSTGRESQL, MEMCACHED, POOL_SIZE, APPLICATION_NAME } = process.env;
const pool = new Pool({
  host: POSTGRESQL,
  user: 'postgres',
  database: 'postgres',
  application_name: APPLICATION_NAME,
  max: Number(POOL_SIZE),
  idleTimeoutMillis: 0,
});
const idle: net.Socket[] = [];
const held = new WeakMap<Environ, { client: PoolClient; socket: net.Socket }>();

requestStarted.connect(async ({ environ }) => {
  const client = await pool.connect();
  const socket = idle.pop() ?? net.connect(MEMCACHED + '/socket');
  held.set(environ, { client, socket });
  await client.query('select 1');
  socket.write('version\\r\\n');
  await once(socket, 'data');
});

requestFinished.connect(({ environ }) => {
  const { client, socket } = held.get(environ)!;
  client.release();
  idle.push(socket);
});
`,
  'mysite/forwarding.ts': `import { wrapResponse } from 'startproject/middleware';
import type { WSGIApplication } from 'startproject/wsgi';

export function forwarding(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) =>
    wrapResponse(await application(environ, startResponse), async function* (blocks) {
      yield* blocks;
    });
}
`,
  'mysite/swallowing.ts': `import type { WSGIApplication, WSGIResponse } from 'startproject/wsgi';

interface Options {
  blocks: WSGIResponse;
}

async function* pass({ blocks }: Options) {
  yield* blocks;
}

export function swallowing(application: WSGIApplication): WSGIApplication {
  return async (environ, startResponse) => {
    const blocks = await application(environ, startResponse);
    return pass({ blocks });
  };
}
`,
};

/** A \`wsgi.ts\` that applies middleware as its author wrote it down. */
function applying(expression: string) {
  return {
    ...FILES,
    'mysite/wsgi.ts': `import { getWsgiApplication } from 'startproject/wsgi';
import './connections.ts';
import { forwarding } from './forwarding.ts';
import { swallowing } from './swallowing.ts';

export const application = ${expression.replace('site', 'await getWsgiApplication()')};
`,
  };
}

async function request(site: RunningSite, count: number): Promise<void> {
  let left = count;
  async function client() {
    while (left-- > 0) expect(await get(site.url)).toMatchObject({ status: 200, body: 'home 1' });
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
}

describeWith(POSTGRESQL, (initdb) =>
  describeWith(MEMCACHED, (program) => {
    let postgresql: ForeignServer;

    beforeAll(async () => {
      postgresql = await startPostgresql(initdb);
    });

    afterAll(() => postgresql?.stop());

    /** Runs the site; `connections()` is what the servers themselves count for it. */
    async function serve(expression: string, poolSize: number) {
      const memcached = await startMemcached(program);
      onTestFinished(() => memcached.stop());
      const before = await memcachedConnections(memcached.folder);
      const env = {
        POSTGRESQL: postgresql.folder,
        MEMCACHED: memcached.folder,
        POOL_SIZE: String(poolSize),
        APPLICATION_NAME: expression,
      };
      const site = await runserver(applying(expression), [], env, PACKAGES);
      const connections = async () => ({
        postgresql: await postgresqlConnections(postgresql.folder, expression),
        memcached: (await memcachedConnections(memcached.folder)) - before,
      });
      return { site, connections };
    }

    test.each(['site', 'forwarding(site)'])(
      `${REQUESTS} requests to %s take no more connections than the pool has`,
      async (expression) => {
        const { site, connections } = await serve(expression, POOL_SIZE);
        await request(site, REQUESTS);
        expect(await connections()).toEqual({ postgresql: POOL_SIZE, memcached: POOL_SIZE });
        expect(site.output).not.toContain('WSGI:');
      },
      LOAD_TIMEOUT_MS,
    );

    test.each(['swallowing(site)', 'forwarding(swallowing(site))', 'swallowing(forwarding(site))'])(
      'with %s a connection stays open for each request, and the middleware is reported',
      async (expression) => {
        const { site, connections } = await serve(expression, SWALLOWED_REQUESTS + 10);
        await request(site, SWALLOWED_REQUESTS);
        const piled = { postgresql: SWALLOWED_REQUESTS, memcached: SWALLOWED_REQUESTS };
        expect(await connections()).toEqual(piled);
        await site.saw(
          /WSGI: swallowing \(mysite\/swallowing\.ts:13\): This middleware .*does not forward close\(\)/,
        );
        expect(site.output.match(/WSGI:/g)).toHaveLength(1);
      },
    );
  }),
);
