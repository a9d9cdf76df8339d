import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { filesOf, installedSite, KEY } from './_guides.ts';
import { Load } from './_load.ts';
import { Program, run } from './_program.ts';
import {
  describeWith,
  PYTHON,
  SYSTEMD_ANALYZE,
  SYSTEMD_NOTIFY,
  SYSTEMD_SOCKET_ACTIVATE,
} from './_real-parts.ts';

const DATAGRAMS = fileURLToPath(new URL('../production/binding/_datagrams.py', import.meta.url));

const UNITS = filesOf('systemd');
const SERVICE = UNITS['/etc/systemd/system/mysite.service']!;

/** The value of a line of the service. */
function lineOf(name: string): string {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(SERVICE)![1]!;
}

describeWith(SYSTEMD_ANALYZE, (analyze) => {
  test('docs/deploy/systemd.md: systemd accepts the units', () => {
    const units = Object.entries(UNITS).map(([file, text]) => [path.basename(file), text] as const);
    expect(units.map(([name]) => name)).toEqual(['mysite.service', 'mysite.socket']);
    const folder = temporaryFolder(
      // The program must exist.
      Object.fromEntries(
        units.map(([name, text]) => [name, text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`)]),
      ),
    );
    const files = units.map(([name]) => path.join(folder, name));
    const { status, stderr } = spawnSync(analyze, ['verify', '--man=no', ...files], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('mysite'))).toEqual([]);
    expect(status).toBe(0);
  });
});

/** In place of systemd: has the socket, and starts the service again when it has ended, as `systemctl restart` does. */
const MANAGER = `
start() { sh -c 'LISTEN_PID=$$ exec "$@"' start "$@"; echo "The service ended with $?."; }
start "$@"; start "$@"`;

function urls(version: string): string {
  return `import { Response } from 'startproject/http';
import { path } from 'startproject/urls';
export const urlpatterns = [path('', () => new Response('${version}'))];
`;
}

describeWith(SYSTEMD_SOCKET_ACTIVATE, (activate) => {
  describeWith(SYSTEMD_NOTIFY, () => {
    describeWith(PYTHON, (python) => {
      test('docs/deploy/systemd.md: the service loses no request when it is reloaded and restarted under load', async () => {
        const files = filesOf('runwsgi');
        // As the guide says: the addresses are those of the socket unit.
        const config = files['wsgi.config.ts']!.replace(/^ *bind: .*\n/m, '');
        const root = await installedSite({ ...files, 'wsgi.config.ts': config, 'mysite/urls.ts': urls('1') });
        const socketPath = path.join(root, 'site.sock');
        const notifySocket = path.join(root, 'notify');
        const systemd = new Program(python, [DATAGRAMS, notifySocket], root);
        await systemd.saw(/bound/);

        const command = [process.execPath, ...lineOf('ExecStart').replace('/srv/mysite', root).split(' ')];
        const variables = { ...KEY, NOTIFY_SOCKET: notifySocket };
        const options = Object.entries(variables).flatMap(([name, value]) => ['-E', `${name}=${value}`]);
        const service = new Program(
          activate,
          ['-l', socketPath, ...options, 'sh', '-c', MANAGER, 'sh', ...command],
          root,
        );
        await service.saw(/Listening on/);
        const load = new Load(
          { socketPath },
          { keepAlive: 4, oneRequest: 2, headers: { Host: 'www.example.com' } },
        );
        await systemd.saw(/READY=1/);
        const [, mainPid] = await service.saw(/\[(\d+)\] \[INFO\] Serving at/);
        await load.more(50);

        writeFiles(root, { 'mysite/urls.ts': urls('2') });
        const reload = ['-c', lineOf('ExecReload')];
        const variable = `MAINPID=${mainPid}`;
        expect(await run('env', [variable, 'sh', ...reload], root)).toMatchObject({ status: 0, stderr: '' });
        await systemd.saw(/RELOADING=1[\s\S]*READY=1/);
        await load.more(50);

        writeFiles(root, { 'mysite/urls.ts': urls('3') });
        process.kill(Number(mainPid), 'SIGTERM'); // KillMode=mixed
        await systemd.saw(/STOPPING=1[\s\S]*READY=1/);
        await service.saw(/The service ended with 0\./);
        await load.more(50);
        expect((await load.end()).failures).toEqual([]);
        expect([...load.bodies.keys()].sort()).toEqual(['1', '2', '3']);
      });
    });
  });
});
