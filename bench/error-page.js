/** What the technical page of an error costs: a stack with 60 frames of the site. `node error-page.js [PAGES]` */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { getWsgiApplication } from '../dist/handler/index.mjs';
import { path as route } from '../dist/handler/urls/index.mjs';
import { createClient } from '../dist/testing/index.mjs';
import { median } from './_measure.js';

const FRAMES = 60;
const [pages = '30'] = process.argv.slice(2);

const folder = mkdtempSync(path.join(tmpdir(), 'bench-error-page-'));
try {
  const levels = Array.from({ length: FRAMES }, (_, n) => {
    const next = n + 1 < FRAMES ? `level${n + 1}(request)` : 'request.user.name';
    return `export function level${n}(request) {\n  const level = ${n};\n  return ${next}.concat(level);\n}\n`;
  });
  writeFileSync(path.join(folder, 'views.mjs'), levels.join('\n'));
  process.chdir(folder);
  Error.stackTraceLimit = FRAMES;
  const { level0 } = await import(pathToFileURL(path.join(folder, 'views.mjs')).href);
  const settings = { DEBUG: true, SECRET_KEY: 'x', ROOT_URLCONF: { urlpatterns: [route('', level0)] } };
  const client = createClient(await getWsgiApplication({ settings }), { raise: false });
  process.stderr.write = () => true; // Each page is an entry of the log as well.
  const cpu = [];
  let bytes = 0;
  for (let page = 0; page < Number(pages); page++) {
    const before = process.cpuUsage();
    const response = await client.get('/', { headers: { accept: 'text/html' } });
    bytes = (await response.arrayBuffer()).byteLength;
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1_000);
  }
  process.stdout.write(
    `Node ${process.version}: ${median(cpu).toFixed(1)} ms of CPU a page, the first ${cpu[0].toFixed(1)}; ${bytes} bytes\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
