/** `node single-server.js STARTPROJECT SITE` serves the site's application by our HTTP server alone, on 127.0.0.1:$PORT. */

import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';

const [root, site] = process.argv.slice(2);
register();
const { serve } = createRequire(pathToFileURL(`${root}/`))('./dist/servers/index.cjs');
const { application } = await import(pathToFileURL(path.join(site, 'wsgi.ts')).href);
await serve(application, { host: '127.0.0.1', port: Number(process.env.PORT) });
