/** `node node-server.cjs KIND SOCKET` serves a greeting on a unix socket: net, fcgi, scgi, uwsgi, node:http or node-fastcgi. */

const [kind, socket] = process.argv.slice(2);
const GREETING = Buffer.from('Hello, World!');

const ANSWER = `Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${GREETING.length}\r\n\r\n${GREETING}`;

const application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [GREETING];
};

const listener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': GREETING.length });
  response.end('Hello, World!');
};

switch (kind) {
  case 'node:http': {
    const server = require('node:http').createServer(listener);
    server.keepAliveTimeout = 75_000; // as it has to be behind a proxy
    server.listen(socket);
    break;
  }
  case 'net':
    // The least that `node:net` can do for a request by SCGI: its bytes are not even looked at.
    require('node:net')
      .createServer((connection) => {
        connection.on('error', () => {});
        connection.once('data', () => connection.end(ANSWER, 'latin1'));
      })
      .listen(socket);
    break;
  case 'node-fastcgi':
    require('node-fastcgi').createServer(listener).listen(socket);
    break;
  default: {
    const { createGatewayServer } = require(process.env.BASELINE ?? '../../dist/servers/index.cjs');
    createGatewayServer(application, { protocol: kind }).listen({ path: socket });
  }
}
