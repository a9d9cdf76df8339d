/** `node node-server.cjs KIND SOCKET` serves a greeting on a unix socket: net, fcgi, scgi, uwsgi, node:http or node-fastcgi. */

const [kind, socket] = process.argv.slice(2);
const GREETING = Buffer.from('Hello, World!');

const ANSWER = `Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${GREETING.length}\r\n\r\n${GREETING}`;

const BLOCK = Buffer.alloc(64 * 1024, 'a');

/** `/down`: 1 GiB. `/up`: how long the body was. Others: a greeting. */
const application = (environ, startResponse) => {
  if (environ.PATH_INFO === '/up') return count(environ, startResponse);
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return environ.PATH_INFO === '/down' ? gibibyte() : [GREETING];
};

function* gibibyte() {
  for (let i = 0; i < 2 ** 30 / BLOCK.length; i++) yield BLOCK;
}

async function count(environ, startResponse) {
  let bytes = 0;
  for await (const block of environ['wsgi.input']) bytes += block.length;
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [Buffer.from(String(bytes))];
}

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
