/**
 * Clients that send the head of a request a byte a second, and begin anew when they are closed. `node slow-clients.js
 * '{"port": 8000, "count": 1000}'` prints a line when all are connected, and ends by SIGTERM with a line that says how
 * many connections the server has closed, and how many milliseconds after they began, at the median.
 */

import net from 'node:net';
import { median } from '../_measure.js';

const { port, count } = JSON.parse(process.argv[2]);
const HEAD = `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ${'x'.repeat(200)}\r\n\r\n`;
const ages = [];
let connected = 0;

function begin() {
  let sent = 0;
  let startedAt;
  let timer;
  const socket = net.connect({ port, host: '127.0.0.1' });
  socket.on('connect', () => {
    startedAt = performance.now();
    connected += 1;
    if (connected === count) process.stdout.write('{}\n');
    timer = setInterval(() => socket.write(HEAD[sent++ % HEAD.length]), 1_000);
  });
  socket.on('error', () => {});
  socket.resume();
  socket.on('close', () => {
    clearInterval(timer);
    if (startedAt !== undefined) ages.push(performance.now() - startedAt);
    setTimeout(begin, 100);
  });
}

for (let i = 0; i < count; i++) begin();
process.on('SIGTERM', () => {
  const result = { closed: ages.length, afterMs: ages.length === 0 ? undefined : median(ages) };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
});
