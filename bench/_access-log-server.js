/** A server that says hello, with the access log that its first argument names. */

import { openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHttpServer } from '../dist/servers/index.cjs';

const { PORT, FOLDER } = process.env;
const [kind] = process.argv.slice(2);
const body = [Buffer.from('Hello, World!')];

function hello(_environ, startResponse) {
  startResponse('200 OK', [
    ['Content-Type', 'text/plain'],
    ['Content-Length', '13'],
  ]);
  return body;
}

const server = createHttpServer(hello, kind === 'off' ? {} : { onResponse: await logOf() });
await server.listen({ host: '127.0.0.1', port: Number(PORT) });

async function logOf() {
  if (kind === 'counted') return () => {};
  const { createAccessLog, compileAccessLogFormat, COMBINED } = await import(
    pathToFileURL(path.join(FOLDER, 'logs.mjs'))
  );
  const file = path.join(FOLDER, `${kind}.log`);
  if (kind === 'a write a line') {
    const line = compileAccessLogFormat(COMBINED);
    const fd = openSync(file, 'a');
    return (record) => void writeSync(fd, line(record), null, 'latin1');
  }
  const log = createAccessLog({
    target: file,
    format: { json: 'json', 'atom by atom': ` ${COMBINED}` }[kind] ?? COMBINED,
    onTrouble: (text) => process.stderr.write(`${text}\n`),
  });
  return (record) => log.log(record);
}
