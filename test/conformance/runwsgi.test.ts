import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeFiles } from '../_temp-folder.ts';
import { Command } from '../e2e/_runserver.ts';
import { PRODUCTION_SITE } from '../e2e/_runwsgi.ts';
import { APPLICATION_FILE } from './_application-file.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'runwsgi',
  lacks: {},
  async serve() {
    const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'startproject-conformance-')));
    const wsgi = `export { application } from ${JSON.stringify(APPLICATION_FILE)};\n`;
    writeFiles(root, { ...PRODUCTION_SITE, 'mysite/wsgi.ts': wsgi });
    const command = new Command('runwsgi.js', ['-b', '127.0.0.1:0', '-w', '1'], { cwd: root });
    const [, url = ''] = await command.saw(/Serving at (http:\S+)/);
    return {
      url: `${url.replace(/\/$/, '')}/`,
      port: Number(new URL(url).port),
      log: {
        get text() {
          return command.output;
        },
        saw: (pattern) => command.saw(pattern),
      },
      async close() {
        await command.stop('SIGTERM');
        rmSync(root, { recursive: true, force: true });
      },
    };
  },
});
