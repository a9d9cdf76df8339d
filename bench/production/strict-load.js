/**
 * Clients that count each request without a whole answer. `node strict-load.js '{"port": 8000}'` prints one line of JSON.
 *
 * keepAlive, single: how many clients keep their connection, and how many make a new one for each request.
 * seconds: for how long. rate: requests a second of all clients together; without it, as many as they can.
 * untilRefused: whether a client ends when it cannot connect, and that counts as no failure.
 */

import net from 'node:net';
import { performance } from 'node:perf_hooks';

const options = JSON.parse(process.argv[2]);
const { port, path = '/', keepAlive = 0, single = 0, seconds, rate, untilRefused = false } = options;
const clientCount = keepAlive + single;
const endsAt = performance.now() + seconds * 1000;
const latencies = [];
const failures = {};
const firstAnswers = {};
/** A client that is late does not make up for more than this. */
const MOST_LATE_MS = 50;
const SHORTEST_SLEEP_MS = 1;
const RETRY_MS = 10;
/** How long the last answers may take. */
const LAST_ANSWER_MS = 15_000;

class Client {
  #isSingle;
  #request;
  #socket;
  #text = '';
  #startedAt;
  /** When the next request is due, where there is a rate. */
  #dueAt = performance.now();

  constructor(isSingle) {
    this.#isSingle = isSingle;
    const connection = isSingle ? 'close' : 'keep-alive';
    this.#request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: ${connection}\r\n\r\n`;
  }

  next() {
    if (rate !== undefined) this.#dueAt += (-Math.log(1 - Math.random()) * clientCount * 1000) / rate;
    const now = performance.now();
    if (now >= endsAt) {
      this.#socket?.destroy();
      return;
    }
    this.#dueAt = Math.max(this.#dueAt, now - MOST_LATE_MS);
    const sleepMs = rate === undefined ? 0 : this.#dueAt - now;
    if (sleepMs >= SHORTEST_SLEEP_MS) setTimeout(() => this.#send(), Math.min(sleepMs, endsAt - now));
    else if (rate === undefined && !this.#isSingle) this.#send();
    else setImmediate(() => this.#send());
  }

  #send() {
    if (performance.now() >= endsAt) return this.next();
    this.#startedAt = performance.now();
    this.#text = '';
    if (this.#socket === undefined) this.#connect();
    else this.#socket.write(this.#request);
  }

  #connect() {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    let isConnected = false;
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      isConnected = true;
      socket.write(this.#request);
    });
    socket.on('data', (text) => this.#onData(text));
    let code = 'closed without an answer';
    socket.on('error', (error) => {
      code = error.code;
    });
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      if (this.#startedAt === undefined) return; // it was idle
      if (untilRefused && !isConnected) return;
      const where = this.#text === '' ? '' : ' in the middle of an answer';
      this.#failed(`${isConnected ? code : `connect ${code}`}${where}`);
      setTimeout(() => this.next(), RETRY_MS);
    });
  }

  #onData(text) {
    this.#text += text;
    const headEnd = this.#text.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const head = this.#text.slice(0, headEnd);
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
    const body = this.#text.slice(headEnd + 4);
    if (body.length < length) return;
    const now = performance.now();
    latencies.push(now - this.#startedAt);
    this.#startedAt = undefined;
    if (!head.startsWith('HTTP/1.1 200 ')) this.#failed(head.slice(0, head.indexOf('\r\n')));
    firstAnswers[body] ??= Date.now();
    if (this.#isSingle || /^connection: close$/im.test(head)) {
      this.#socket.end();
      this.#socket = undefined;
    }
    this.next();
  }

  giveUp() {
    if (this.#startedAt === undefined) return;
    this.#failed('no answer');
    this.#socket.destroy();
  }

  #failed(reason) {
    this.#startedAt = undefined;
    failures[reason] = (failures[reason] ?? 0) + 1;
  }
}

const clients = Array.from({ length: clientCount }, (_, i) => new Client(i >= keepAlive));
for (const client of clients) client.next();
setTimeout(
  () => {
    for (const client of clients) client.giveUp();
  },
  seconds * 1000 + LAST_ANSWER_MS,
).unref();

process.on('exit', () => {
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.floor(latencies.length * share)];
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  const result = { requests: latencies.length, failed, failures, p50: at(0.5), p99: at(0.99) };
  process.stdout.write(`${JSON.stringify({ ...result, max: latencies.at(-1), firstAnswers })}\n`);
});
