/** `node node-server.cjs KIND SOCKET` serves a greeting on a unix socket: fcgi, scgi, uwsgi, node:http or node-fastcgi. */

const [kind, socket] = process.argv.slice(2);
const GREETING = Buffer.from('Hello, World!');

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
  case 'node-fastcgi':
    require('node-fastcgi').createServer(listener).listen(socket);
    break;
  default: {
    const { createGatewayServer } = require(process.env.BASELINE ?? '../../dist/servers/index.cjs');
    createGatewayServer(application, { protocol: kind }).listen({ path: socket });
  }
}
