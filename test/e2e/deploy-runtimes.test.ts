import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { blocksOf, substitute } from './_guides.ts';
import { freePort, untilListening } from './_listening.ts';
import { Program, run } from './_program.ts';
import { BUN, DENO, describeWith, WORKERD } from './_real-parts.ts';
import { get } from './_runserver.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

const URLS = `import { settings } from 'startproject/conf';
import { Response } from 'startproject/http';
import { path } from 'startproject/urls';

const hello = () => Response.json([settings.DEBUG, settings.SECRET_KEY]);

const slow = async () => {
  console.log('The request has come.');
  await new Promise((resolve) => setTimeout(resolve, 200));
  return new Response('slow');
};

export const urlpatterns = [path('hello/', hello), path('slow/', slow)];
`;

const RUNTIMES = [
  { guide: 'bun', part: BUN, hasFiles: true, hasEnd: true },
  { guide: 'deno', part: DENO, hasFiles: true, hasEnd: true },
  { guide: 'workers', part: WORKERD, hasFiles: false, hasEnd: false },
];

for (const { guide, part, hasFiles, hasEnd } of RUNTIMES) {
  describeWith(part, (program) => {
    test(`docs/deploy/${guide}.md serves a generated site`, async () => {
      const { running, port } = await serveByGuide(guide, program);
      const ask = (target: string, host = 'www.example.com') =>
        get(`http://127.0.0.1:${port}${target}`, { headers: { host } });
      expect(await ask('/hello/')).toMatchObject({ status: 200, body: '[false,"kept"]' });
      expect(await ask('/hello/', 'elsewhere.example')).toMatchObject({ status: 400 });
      expect(await ask('/static/site.css')).toMatchObject({ status: hasFiles ? 200 : 404 });
      if (!hasEnd) return;
      const ended = once(running.process, 'exit');
      const idle = net.connect(port, '127.0.0.1');
      onTestFinished(() => void idle.destroy());
      idle.write('GET /hello/ HTTP/1.1\r\nhost: www.example.com\r\n\r\n');
      await once(idle, 'data');
      const slow = ask('/slow/');
      await running.saw(/The request has come/);
      running.process.kill('SIGTERM');
      expect(await slow).toMatchObject({ status: 200, body: 'slow' });
      expect(await ended).toEqual([0, null]);
    });
  });
}

/** Writes the guide's files into a new site, each named by its first line, and gives its commands to a shell. */
async function serveByGuide(guide: string, program: string) {
  const folder = temporaryFolder();
  await run(process.execPath, [path.join(CHECKOUT, 'bin/startproject.js'), 'mysite'], folder);
  const site = path.join(folder, 'mysite');
  mkdirSync(path.join(site, 'node_modules/.bin'), { recursive: true });
  symlinkSync(CHECKOUT, path.join(site, 'node_modules/startproject'));
  symlinkSync(program, path.join(site, 'node_modules/.bin', path.basename(program)));
  symlinkSync(
    path.join(CHECKOUT, 'node_modules/rolldown/bin/cli.mjs'),
    path.join(site, 'node_modules/.bin/rolldown'),
  );
  writeFiles(site, { 'mysite/urls.ts': URLS });

  const port = await freePort();
  const commands: string[] = [];
  for (const { language, text } of blocksOf(guide)) {
    const changed = substitute(text, { 8000: String(port), 'SECRET_KEY=...': 'SECRET_KEY=kept exec' });
    if (language === 'sh') commands.push(changed);
    else writeFiles(site, { [/^(?:\/\/|#) (\S+)\n/.exec(changed)![1]!]: changed });
  }
  const shell = ['-ec', `PATH="$PWD/node_modules/.bin:$PATH"\n${commands.join('')}`];
  const running = new Program('/bin/sh', shell, site);
  await untilListening(port, running);
  return { running, port };
}
