/** Load for one server at a time: short bursts of requests by wrk, or autocannon where there is none, and 1 GiB each way. */

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryOf } from './_measure.js';

const CONNECTIONS = 64;
const MIB = 1024 * 1024;
const BLOCK = Buffer.alloc(64 * 1024, 'a');
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const HAS_WRK = has('wrk');

/** Server and load each have a core of their own, where that can be had. */
export const pinned = (core, command, args) =>
  has('taskset') ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];

/** One burst. Throws when a response is no 200. */
export function burst(
  port,
  { path: target = '/', headers = {}, body, connections = CONNECTIONS, isSecure = false },
  seconds,
) {
  const url = `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}${target}`;
  return (HAS_WRK ? wrk : autocannon)({ url, headers, body, connections, seconds });
}

function wrk({ url, headers, body, connections, seconds }) {
  const script = path.join(tmpdir(), `bench-body-${process.pid}.lua`);
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency'];
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
  if (body !== undefined) {
    writeFileSync(script, `wrk.method = "POST"\nwrk.body = string.rep("x", ${body})\n`);
    args.push('-s', script);
  }
  const { stdout } = spawnSync(...pinned(1, 'wrk', [...args, url]), { encoding: 'utf8' });
  rmSync(script, { force: true });
  // A response that takes two seconds is not an error: that belongs to the machine, and to p99.
  if (/Non-2xx|(connect|read|write) [1-9]/.test(stdout)) throw new Error(`${url}: ${stdout}`);
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)[1]),
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]),
    p99: milliseconds(/99%\s+(\S+)/.exec(stdout)[1]),
  };
}

function milliseconds(text) {
  const number = Number.parseFloat(text);
  if (text.endsWith('us')) return number / 1000;
  return text.endsWith('ms') ? number : number * 1000;
}

function autocannon({ url, headers, body, connections, seconds }) {
  const bin = fileURLToPath(new URL('node_modules/autocannon/autocannon.js', import.meta.url));
  const args = [bin, '--json', '--no-progress', '-c', String(connections), '-d', String(seconds)];
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}=${value}`);
  if (body !== undefined) args.push('-m', 'POST', '-b', 'x'.repeat(body));
  const { stdout } = spawnSync(...pinned(1, process.execPath, [...args, url]), { encoding: 'utf8' });
  const result = JSON.parse(stdout);
  if (result.non2xx + result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} others, ${result.errors} errors`);
  return {
    requests: result.requests.total,
    perSecond: result.requests.average,
    p99: result.latency.p99,
  };
}

/** Reads `/down` to its end. Resolves to how many bytes came. */
export function download(port) {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    // One buffer for all that comes: the load is to cost as little as it can.
    const onread = {
      buffer: Buffer.alloc(MIB),
      callback(length) {
        bytes += length;
        return true;
      },
    };
    const socket = net.connect({ port, host: '127.0.0.1', onread }, () =>
      socket.write('GET /down HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'),
    );
    socket.on('end', () => resolve(bytes));
    socket.on('error', reject);
  });
}

/** Sends so many bytes to `/up`. Resolves to the answer. */
export function upload(port, bytes) {
  return new Promise((resolve, reject) => {
    let answer = '';
    let left = bytes;
    const socket = net.connect({ port, host: '127.0.0.1' }, () => {
      socket.write(
        `POST /up HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`,
      );
      fill();
    });
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('drain', fill);
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);

    function fill() {
      while (left > 0) {
        const block = left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK;
        left -= block.length;
        if (!socket.write(block)) return;
      }
    }
  });
}

/** CPU time that a process has used, in µs. Linux only. */
export function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** The most memory that a process takes up while something is done, over what it took before, in MiB. Linux only. */
export async function growthWhile(pid, act) {
  const before = memoryOf(pid);
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, memoryOf(pid));
  }, 20);
  try {
    await act();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}
