/** The application on `node:http` alone, for `node:cluster` and PM2. */

const http = require('node:http');
const counts = require('./counts.cjs');

const { COUNTS, PORT } = process.env;
const count = COUNTS === undefined ? undefined : counts.start(COUNTS);
const pid = String(process.pid);

const server = http.createServer((request, response) => {
  count?.(request.socket.remotePort);
  const body = request.url === '/pid' ? pid : 'Hello, World!';
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length });
  response.end(body);
});
server.keepAliveTimeout = 75_000; // as runwsgi's behind a proxy
server.listen(Number(PORT), '127.0.0.1');
process.on('SIGINT', () => server.close(() => process.exit(0))); // as PM2's guide to graceful reloads has it
