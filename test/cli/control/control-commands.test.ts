import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../_temp-folder.ts';
import type { FakeServer } from '../../production/control/_fake-server.ts';
import { buildFakeServer, startServer } from '../../production/control/_servers.ts';
import { buildCommand, type Ended, run, start } from './_command.ts';

let command: string;
let script: string;

beforeAll(async () => {
  [command, script] = await Promise.all([buildCommand(), buildFakeServer()]);
});

/** A project with a server. */
async function serve(server: Partial<FakeServer> = {}) {
  const root = temporaryFolder({ 'package.json': '{ "startproject": {} }', 'mysite/urls.ts': '' });
  const running = await startServer(script, { root, ...server });
  const runwsgi = (...args: string[]): Promise<Ended> => run(command, root, args);
  return { ...running, root, runwsgi };
}

describe('runwsgi status', () => {
  test('shows a server in lines of 80 columns', async () => {
    const { pid, runwsgi } = await serve({ sites: ['blog', 'shop'] });
    const { code, stdout, stderr } = await runwsgi('status');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`process ${pid}, started 1h 2m ago`);
    expect(stdout).toMatch(/^blog: serving, generation 1\n {2}unix:\/run\/blog.sock\n/m);
    expect(stdout).toMatch(
      /^ +PID +AGE +REQUESTS +IN FLIGHT +MEMORY +STATE\n +\d+ +1m 5s +1,204,332 +3 +61 MiB +serving$/m,
    );
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('prints the whole of it as JSON for --json, from a folder within the project as well', async () => {
    const { pid, root } = await serve();
    const { stdout } = await run(command, path.join(root, 'mysite'), ['status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ pid, sites: [{ name: 'mysite', generation: 1 }] });
  });
});

describe('runwsgi reload', () => {
  test('ends with 0 when the old generation is gone, and says which one serves', async () => {
    const { runwsgi } = await serve({ sites: ['blog', 'shop'] });
    expect(await runwsgi('reload')).toEqual({
      code: 0,
      stdout: 'blog: generation 2, 1 worker\nshop: generation 2, 1 worker\n',
      stderr: '',
    });
    expect((await runwsgi('reload', 'shop')).stdout).toBe('shop: generation 3, 1 worker\n');
  });

  test('ends with 1 and the reason when the old one stays, which status shows from then on', async () => {
    const { runwsgi } = await serve({ broken: 'mysite/urls.ts:4 has no view.' });
    expect(await runwsgi('reload')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error: mysite/urls.ts:4 has no view.\n',
    });
    const { stdout } = await runwsgi('status');
    expect(stdout).toMatch(
      /last reload \ds ago: failed, generation 1 goes on serving\.\s+mysite\/urls\.ts:4 has/,
    );
  });

  test('of a site that there is not names the nearest', async () => {
    const { runwsgi } = await serve({ sites: ['blog', 'shop'] });
    const { code, stderr } = await runwsgi('reload', 'blgo');
    expect(code).toBe(1);
    expect(stderr).toContain("There is no site 'blgo', only 'blog', 'shop'. Did you mean 'blog'?");
  });
});

describe('runwsgi stop', () => {
  test('ends when the server has ended', async () => {
    const { pid, lines, process, runwsgi } = await serve();
    expect(await runwsgi('stop')).toEqual({
      code: 0,
      stdout: `The server has ended (process ${pid}).\n`,
      stderr: '',
    });
    expect(process.exitCode).toBe(0);
    expect(lines).toContain('stop graceful');
    expect((await runwsgi('stop')).stderr).toMatch(/There is no server of this project/);
  });

  test('--quick does not wait for requests', async () => {
    const { lines, runwsgi } = await serve();
    expect((await runwsgi('stop', '--quick')).code).toBe(0);
    expect(lines).toContain('stop quick');
  });

  test('ends with 1 when the server does not end in time, and names what is left', async () => {
    const { pid, runwsgi } = await serve({ isStuck: true });
    const { code, stderr } = await runwsgi('stop');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`Process ${pid} has not ended after \\d s. Left: worker \\d+ with 3 requests.`),
    );
    expect(stderr).toContain('Hint: ');
  });
});

describe('runwsgi scale', () => {
  test('says how many workers there are', async () => {
    const { runwsgi } = await serve({ sites: ['blog', 'shop'] });
    expect((await runwsgi('scale', '3', 'shop')).stdout).toBe('shop: generation 1, 3 workers\n');
    const { code, stderr } = await runwsgi('scale', '3');
    expect(code).toBe(1);
    expect(stderr).toContain("Name one of 'blog', 'shop'");
  });

  test.each(['0', '-1', 'two', '1.5', '100000'])('refuses %s as a wrong command line', async (count) => {
    const { code, stderr } = await run(command, '/', ['scale', '--', count]);
    expect(code).toBe(2);
    expect(stderr).toContain(`got '${count}'`);
  });
});

describe('runwsgi logs', () => {
  test('prints the latest lines, then each new one, until the server ends', async () => {
    const { root, process } = await serve();
    process.stdin!.write('before\n');
    const logs = start(command, root, ['logs']);
    const lines = createInterface(logs.stdout!);
    expect(await once(lines, 'line')).toEqual(['before']);
    process.stdin!.write('after \x1b[2J\n');
    expect(await once(lines, 'line')).toEqual(['after \\x1b[2J']);
    process.kill('SIGKILL');
    expect(await once(logs, 'exit')).toEqual([0, null]);
  });
});

describe('runwsgi inject', () => {
  test('lets a worker answer a request, and prints the body on stdout and the status line on stderr', async () => {
    const { runwsgi } = await serve();
    const { code, stdout, stderr } = await runwsgi(
      'inject',
      'GET',
      '/articles/?page=2',
      '-H',
      'Host: example.com',
    );
    expect([code, stderr]).toEqual([0, 'HTTP/1.1 200 OK\n']);
    expect(JSON.parse(stdout)).toMatchObject({ method: 'GET', url: '/articles/?page=2', body: '' });
    expect(JSON.parse(stdout).rawHeaders).toContain('example.com');
  });

  test('sends a body, of the command line or of stdin, and prints the header fields with -i', async () => {
    const { root, runwsgi } = await serve();
    const form = await runwsgi('inject', 'POST', '/ü', '-d', 'a=1', '-i');
    const [head, body] = form.stdout.split('\n\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\nX-Two: a\nX-Two: b\n/);
    expect(JSON.parse(body!)).toMatchObject({ method: 'POST', url: '/%C3%BC', body: 'a=1' });
    expect(body).toContain('application/x-www-form-urlencoded');
    const json = ['inject', 'PUT', '/', '-d', '@-', '-H', 'Content-Type: application/json'];
    const { stdout } = await run(command, root, json, '{"a":"é"}');
    expect(JSON.parse(stdout).body).toBe('{"a":"é"}');
    expect(stdout).not.toContain('urlencoded');
  });

  test('works repeatedly', async () => {
    const { runwsgi } = await serve();
    for (let count = 0; count < 3; count++) expect((await runwsgi('inject', 'GET', '/')).code).toBe(0);
  });

  test('ends with 1 for an error of the site, and when nothing answers', async () => {
    const { runwsgi } = await serve();
    expect(await runwsgi('inject', 'GET', '/missing')).toMatchObject({
      code: 1,
      stderr: 'HTTP/1.1 404 Not Found\n',
    });
    const { code, stderr } = await runwsgi('inject', 'GET', '/reset');
    expect(code).toBe(1);
    expect(stderr).toContain('The worker ended the connection before it had answered.');
  });

  test.each([
    [['GET', 'articles'], "a path that begins with '/', found 'articles'"],
    [['GET', '/', '-H', 'no colon'], "Expected -H 'Name: value', found 'no colon'"],
    [['G T', '/'], 'This request cannot be sent'],
    [['GET', '/a b'], 'This request cannot be sent'],
  ])('refuses %j as a wrong command line', async (args, message) => {
    const { runwsgi } = await serve();
    const { code, stderr } = await runwsgi('inject', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('the selected server', () => {
  test('is none: one line that says how to start one', async () => {
    const root = temporaryFolder({ 'package.json': '{ "startproject": {} }' });
    const { code, stdout, stderr } = await run(command, root, ['status']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`There is no server of this project (${root})`);
    expect(stderr).toMatch(/Start one with: .*runwsgi/);
  });

  test('is none, while another project is served: the hint has the folder of that', async () => {
    await serve();
    const { stderr } = await run(command, temporaryFolder({ 'package.json': '{ "startproject": {} }' }), [
      'stop',
    ]);
    expect(stderr).toMatch(/Hint: Start one with: .*\. Other projects that are served: \/\S+ \(process \d+/);
  });

  test('is one of several: one line names them, and --control and --pid choose', async () => {
    const { pid, root, runwsgi } = await serve({ name: 'blog' });
    const other = await startServer(script, { root });
    const { code, stderr } = await runwsgi('status');
    expect(code).toBe(1);
    expect(stderr).toContain('There is more than one server of this project');
    expect(stderr).toContain(`process ${pid} (blog)`);
    expect(stderr).toContain(`process ${other.pid}`);
    expect(await pidOf(runwsgi('status', '--json', '--control', 'blog'))).toBe(pid);
    expect(await pidOf(runwsgi('status', '--json', '--pid', `${other.pid}`))).toBe(other.pid);
    writeFileSync(path.join(root, 'site.pid'), `${other.pid}\n`);
    expect(await pidOf(runwsgi('status', '--json', '-p', 'site.pid'))).toBe(other.pid);
    expect(await pidOf(runwsgi('--pid', 'site.pid', 'status', '--json'))).toBe(other.pid);
  });

  test('is elsewhere: what is there is named', async () => {
    const { pid } = await serve();
    const { stderr } = await run(command, temporaryFolder(), ['status']);
    expect(stderr).toContain(`process ${pid}`);
  });

  test('has its socket at the path of --control', async () => {
    const place = path.join(temporaryFolder(), 'control');
    const { pid } = await serve({ name: place });
    expect(await pidOf(run(command, '/', ['status', '--json', '--control', place]))).toBe(pid);
    const { stderr } = await run(command, '/', ['status', '--control', './nothing']);
    expect(stderr).toContain('No server uses the control socket ./nothing.');
  });

  test('is found by the link that the project is known by, wherever it leads by now', async () => {
    const folder = temporaryFolder({
      '1/package.json': '{ "startproject": {} }',
      '2/package.json': '{ "startproject": {} }',
    });
    const current = path.join(folder, 'current');
    symlinkSync('2', current);
    const { pid } = await startServer(script, { root: current });
    expect(await pidOf(run(command, current, ['status', '--json']))).toBe(pid);
    expect(await pidOf(run(command, path.join(folder, '2'), ['status', '--json']))).toBe(pid);
    expect((await run(command, path.join(folder, '1'), ['status'])).stderr).toContain(
      'no server of this project',
    );
  });

  test.each([
    [['--pid', 'none.pid'], 1, "There is no pid file 'none.pid'"],
    [['--pid', 'package.json'], 2, "Expected a process id in 'package.json'"],
    [['--control', 'none'], 1, "There is no server named 'none'"],
    [['--pid', '1'], 1, 'There is no server with the process id 1'],
  ])('%j is one line', async (args, status, message) => {
    const root = temporaryFolder({ 'package.json': '{ "startproject": {} }' });
    const { code, stderr } = await run(command, root, ['status', ...args]);
    expect(code).toBe(status);
    expect(stderr).toContain(message);
  });
});

describe('the command line', () => {
  test.each(['mysite.wsgi', 'mysite.wsgi:application', 'mysite', 'app'])(
    '%s is an application',
    async (word) => {
      const root = temporaryFolder();
      mkdirSync(path.join(root, 'mysite'));
      expect((await run(command, root, [word])).stdout).toBe(`serves ${word}\n`);
    },
  );

  test('a word that is similar to a command is refused with the nearest command', async () => {
    const { code, stderr } = await run(command, temporaryFolder(), ['statsu']);
    expect(code).toBe(2);
    expect(stderr).toContain("Did you mean 'runwsgi status'?");
    expect((await run(command, temporaryFolder({ 'statsu.ts': '' }), ['statsu'])).stdout).toBe(
      'serves statsu\n',
    );
  });

  test('a module in the folder of --chdir is an application, whatever it is called', async () => {
    const folder = temporaryFolder({ 'log.ts': '' });
    expect((await run(command, '/', ['--chdir', folder, 'log'])).stdout).toBe('serves log\n');
  });

  test('a flag of the server is not one of its commands', async () => {
    const { code, stderr } = await run(command, '/', ['status', '--workers', '2']);
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--workers'");
    expect(stderr).toContain("Type 'runwsgi status --help' for usage.");
  });

  test('--help of each says what it does, and of runwsgi lists them', async () => {
    const { stdout } = await run(command, '/', ['--help']);
    for (const name of ['status', 'reload', 'stop', 'scale', 'logs', 'inject'])
      expect(stdout).toMatch(new RegExp(`^ +${name} `, 'm'));
    expect((await run(command, '/', ['reload', '--help'])).stdout).toContain(
      'Usage: runwsgi reload [options] [site]',
    );
  });
});

async function pidOf(ended: Promise<Ended>): Promise<number> {
  const { stdout, stderr } = await ended;
  expect(stderr).toBe('');
  return JSON.parse(stdout).pid;
}
