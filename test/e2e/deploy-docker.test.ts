import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeFiles } from '../_temp-folder.ts';
import { Buildah, userOf } from './_buildah.ts';
import { blockOf, filesOf, KEY, newSite, substitute } from './_guides.ts';
import { freePort } from './_listening.ts';
import { type PackageJson, Packages } from './_packages.ts';
import { BUILDAH, describeWith, HAS_NAMESPACES, NODE_24 } from './_real-parts.ts';
import { descendants, get } from './_runserver.ts';

const HOST = { Host: 'www.example.com' };
const NODE_USER = 1000;

/** The folder that the guide builds: a new site with the files of the guides, and what must not come into an image. */
async function projectFolder(port: number): Promise<string> {
  const project = await newSite({
    ...filesOf('runwsgi'),
    'node_modules/mine/index.js': '',
    '.env': 'SECRET=1',
    '.git/HEAD': '',
  });
  const packageJson: PackageJson = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));
  const site = { ...packageJson, dependencies: { startproject: '*' } };
  const files = filesOf('docker');
  expect(Object.keys(files)).toEqual(['Dockerfile', '.dockerignore']);
  writeFiles(project, {
    'package.json': JSON.stringify(site),
    'package-lock.json': await (await new Packages().serve()).lock(site),
    Dockerfile: substitute(files.Dockerfile!, { 8000: String(port) }),
    '.dockerignore': files['.dockerignore']!,
  });
  return project;
}

describeWith(BUILDAH, (program) => {
  describeWith(NODE_24, (node) => {
    test.skipIf(!HAS_NAMESPACES)(
      'docs/deploy/docker.md: the image is built, serves the site as its user, and stops at SIGTERM',
      async () => {
        const buildah = new Buildah(program);
        const port = await freePort();
        const base = /^FROM (.*)$/m.exec(filesOf('docker').Dockerfile!)![1]!;
        const [project] = await Promise.all([projectFolder(port), buildah.makeNodeImage(base, node)]);

        const [build, run] = blockOf('docker', 'sh').trim().split('\n');
        const name = /^docker build -t (\S+) \.$/.exec(build!)![1]!;
        await buildah.do('build', '--isolation', 'chroot', '--pull=never', '-t', name, project);
        const container = await buildah.do('from', '--pull=never', name);
        const inside = path.join(await buildah.do('mount', container), 'srv/mysite');
        expect(readdirSync(`${inside}/node_modules`)).toContain('startproject');
        for (const absent of ['node_modules/mine', 'node_modules/typescript', '.env', '.git'])
          expect([absent, existsSync(path.join(inside, absent))]).toEqual([absent, false]);

        const { Cmd, ExposedPorts } = await buildah.configOf(name);
        expect(Object.keys(ExposedPorts)).toEqual([`${port}/tcp`]);
        const variables = [...run!.matchAll(/ -e (\S+)/g)].map(([, variable]) => variable!);
        expect(variables).toContain('SECRET_KEY');
        const env = variables.flatMap((variable) => [
          '--env',
          variable.replace(/^SECRET_KEY$/, `SECRET_KEY=${KEY.SECRET_KEY}`),
        ]);
        const running = buildah.start('run', '--isolation', 'chroot', ...env, container, ...Cmd);
        const arbiter = Number((await running.saw(/\[(\d+)\] \[INFO\] Serving at/))[1]);
        expect(new Set([arbiter, ...descendants(arbiter)].map(userOf))).toEqual(new Set([NODE_USER]));
        expect((await get(`http://127.0.0.1:${port}/`, { headers: HOST })).status).toBe(404); // a new site has no page yet
        await running.saw(/"GET \/ HTTP\/1\.1" 404/);
        process.kill(arbiter, 'SIGTERM');
        await running.saw(/Ended\./);
      },
      180_000,
    );
  });
});
