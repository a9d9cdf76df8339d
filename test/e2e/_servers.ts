import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

const NOBODY = 65534;

/** A server of somebody else's, on a socket in a folder of its own. Neither of ours runs as root. */
export interface ForeignServer {
  /** The folder that the socket is in. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** Starts PostgreSQL with a new, empty cluster. */
export async function startPostgresql(initdb: string): Promise<ForeignServer> {
  const { folder, user } = createFolder();
  const data = path.join(folder, 'data');
  const options = ['--username=postgres', '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'];
  execFileSync(initdb, ['-D', data, ...options], { ...user, cwd: folder, stdio: 'pipe' });
  const postgres = path.join(path.dirname(realpathSync(initdb)), 'postgres');
  const settings = ['-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'max_connections=60'];
  const child = spawn(postgres, ['-D', data, '-k', folder, ...settings], { ...user, cwd: folder });
  await said(child, /ready to accept connections/);
  return { folder, stop: () => stop(child, 'SIGINT', folder) };
}

export async function startMemcached(memcached: string): Promise<ForeignServer> {
  const { folder, user } = createFolder();
  const child = spawn(memcached, ['-vv', '-a', '0777', '-s', path.join(folder, 'socket')], {
    ...user,
    cwd: folder,
  });
  await said(child, /server listening/);
  return { folder, stop: () => stop(child, 'SIGKILL', folder) };
}

/** How many connections PostgreSQL has from an application, by its own count. */
export async function postgresqlConnections(folder: string, applicationName: string): Promise<number> {
  const client = new pg.Client({ host: folder, user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    const query = 'select count(*)::int as count from pg_stat_activity where application_name = $1';
    const { rows } = await client.query<{ count: number }>(query, [applicationName]);
    return rows[0]!.count;
  } finally {
    await client.end();
  }
}

/** How many connections memcached has, by its own count. The one that asks is among them. */
export async function memcachedConnections(folder: string): Promise<number> {
  const socket = net.connect(path.join(folder, 'socket')).setEncoding('utf8');
  socket.write('stats\r\n');
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    if (text.endsWith('END\r\n')) break;
  }
  return Number(/STAT curr_connections (\d+)/.exec(text)![1]);
}

function createFolder() {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'startproject-test-')));
  const user = process.getuid!() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  return { folder, user };
}

/** Its output is read on to the end: a server waits for nobody to read it. */
function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  let text = '';
  child.stdout!.resume();
  return new Promise((resolve, reject) => {
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-10_000);
      if (pattern.test(text)) resolve();
    });
    child.once('close', () =>
      reject(new Error(`The server ended before it said ${pattern}. It said:\n${text}`)),
    );
  });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals, folder: string): Promise<void> {
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
  rmSync(folder, { recursive: true, force: true });
}
