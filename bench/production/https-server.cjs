/** `node https-server.cjs CERTFILE` greets by `node:https`, on 127.0.0.1:$PORT. */

const { readFileSync } = require('node:fs');
const https = require('node:https');

const pem = readFileSync(process.argv[2]);
const body = Buffer.from('Hello, World!');

https
  .createServer({ cert: pem, key: pem }, (_request, response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.end(body);
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
