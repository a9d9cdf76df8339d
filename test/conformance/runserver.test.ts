import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeFiles } from '../_temp-folder.ts';
import { Command, SITE } from '../e2e/_runserver.ts';
import { APPLICATION_FILE } from './_application-file.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'runserver',
  lacks: { keepAlive: 'it closes each connection, so that every request passes the gate of the reload' },
  async serve() {
    const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'startproject-conformance-')));
    const wsgi = `export { application } from ${JSON.stringify(APPLICATION_FILE)};\n`;
    writeFiles(root, { ...SITE, 'mysite/wsgi.ts': wsgi });
    const command = new Command('runserver.js', ['0'], { cwd: root });
    const [, url = ''] = await command.saw(/Development server at (\S+)/);
    return {
      url,
      port: Number(new URL(url).port),
      log: {
        get text() {
          return command.output;
        },
        saw: (pattern) => command.saw(pattern),
      },
      async close() {
        await command.stop('SIGINT');
        rmSync(root, { recursive: true, force: true });
      },
    };
  },
});
