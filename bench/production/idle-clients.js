/**
 * Connections that send one request each and keep silent from then on. `node idle-clients.js '{"port": 8000, "count": 100}'`
 * prints a line when all have their answer, and ends by SIGTERM with a line that says how many were closed.
 */

import { once } from 'node:events';
import net from 'node:net';

const { port, count } = JSON.parse(process.argv[2]);
const AT_ONCE = 50;
let closed = 0;
let begun = 0;

async function openSome() {
  while (begun++ < count) {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.on('close', () => {
      closed += 1;
    });
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await Promise.race([once(socket, 'data'), once(socket, 'close')]);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, openSome));
process.stdout.write('{}\n');
process.on('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify({ closed })}\n`, () => process.exit());
});
setInterval(() => {}, 60_000);
