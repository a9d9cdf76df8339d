import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'vitest';

/** Something real that a test needs and not every machine has. `.ci/run` installs them all. */
export interface RealPart {
  readonly name: string;
  /** The program, when it is there. */
  readonly file: string | undefined;
  readonly remedy: string;
}

export const CHROMIUM: RealPart = {
  name: 'Chromium',
  file: findOnPath('chromium'),
  remedy: 'put `chromium` on the PATH',
};

export const NODE_22 = runtime('Node 22.18 or later', 'NODE_22', 'node');
export const NODE_24 = runtime('Node 24', 'NODE_24', 'node');
export const NODE_26 = runtime('Node 26', 'NODE_26', 'node');
export const BUN = runtime('Bun', 'BUN', 'bun');
export const DENO = runtime('Deno', 'DENO', 'deno');
export const WORKERD = runtime('workerd', 'WORKERD', 'workerd');

function runtime(name: string, variable: string, program: string): RealPart {
  const variableName = `STARTPROJECT_TEST_${variable}`;
  return {
    name,
    file: process.env[variableName],
    remedy: `let ${variableName} be the path of its \`${program}\``,
  };
}

export const PYTHON: RealPart = {
  name: 'Python 3',
  file: findOnPath('python3'),
  remedy: 'put `python3` on the PATH',
};

export const SENTRY: RealPart = {
  name: "Sentry's SDK",
  file: process.env.STARTPROJECT_TEST_SENTRY,
  remedy: 'let STARTPROJECT_TEST_SENTRY be the path of a node_modules folder that has @sentry/node',
};

/** Debian keeps its programs in a folder for each version. */
export const POSTGRESQL: RealPart = {
  name: 'PostgreSQL',
  file: findOnPath('initdb') ?? findNewest('/usr/lib/postgresql', 'bin/initdb'),
  remedy: 'put `initdb` and `postgres` on the PATH',
};

export const MEMCACHED: RealPart = {
  name: 'memcached',
  file: findOnPath('memcached'),
  remedy: 'put `memcached` on the PATH',
};

export const NGINX: RealPart = {
  name: 'nginx',
  file: findOnPath('nginx'),
  remedy: 'put `nginx` on the PATH',
};

export const LIGHTTPD: RealPart = {
  name: 'lighttpd',
  file: findOnPath('lighttpd'),
  remedy: 'put `lighttpd` on the PATH',
};

export const SPAWN_FCGI: RealPart = {
  name: 'spawn-fcgi',
  file: findOnPath('spawn-fcgi'),
  remedy: 'put `spawn-fcgi` on the PATH',
};

export const CGI_FCGI: RealPart = {
  name: 'cgi-fcgi',
  file: findOnPath('cgi-fcgi'),
  remedy: 'put `cgi-fcgi` on the PATH (the package libfcgi-bin)',
};

export const HAPROXY: RealPart = {
  name: 'HAProxy',
  file: findOnPath('haproxy'),
  remedy: 'put `haproxy` on the PATH',
};

export const APACHE: RealPart = {
  name: 'Apache',
  // Its module for uwsgi is a package of its own.
  file: existsSync('/usr/lib/apache2/modules/mod_proxy_uwsgi.so') ? findOnPath('apache2') : undefined,
  remedy: 'put `apache2` on the PATH (the packages apache2 and libapache2-mod-proxy-uwsgi)',
};

export const CADDY: RealPart = {
  name: 'Caddy',
  file: findOnPath('caddy'),
  remedy: 'put `caddy` on the PATH',
};

export const SYSTEMD_SOCKET_ACTIVATE: RealPart = {
  name: "systemd's socket activation",
  file: findOnPath('systemd-socket-activate'),
  remedy: 'put `systemd-socket-activate` on the PATH (the package systemd)',
};

export const SYSTEMD_ANALYZE: RealPart = {
  name: 'systemd-analyze',
  file: findOnPath('systemd-analyze'),
  remedy: 'put `systemd-analyze` on the PATH (the package systemd)',
};

export const SYSTEMD_NOTIFY: RealPart = {
  name: 'systemd-notify',
  file: findOnPath('systemd-notify'),
  remedy: 'put `systemd-notify` on the PATH (the package systemd)',
};

export const ROOT: RealPart = {
  name: 'root on Linux',
  file: process.platform === 'linux' && process.geteuid?.() === 0 ? '/' : undefined,
  remedy: 'run the tests as root, on Linux',
};

/** Builds and runs images without a daemon. */
export const BUILDAH: RealPart = {
  name: 'Buildah, and root',
  file: ROOT.file && findOnPath('buildah'),
  remedy: 'run the tests as root, with `buildah` on the PATH',
};

/** Whether namespaces can be made. No package gives that: a container may forbid it. */
export const HAS_NAMESPACES = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0;

/** Groups tests that need the part. Without it they are skipped, or one fails where every part is required. */
export function describeWith(part: RealPart, tests: (file: string) => void): void {
  const { name, file = '' } = part;
  describe.skipIf(!isThere(part))(`with ${name}`, () => tests(file));
}

/** Whether the part is there. Where it is not, and every part is required, this adds a test that fails. */
export function isThere({ name, file, remedy }: RealPart): boolean {
  if (file === undefined && process.env.STARTPROJECT_TEST_REQUIRE_ALL) {
    test(`${name} is installed`, () => {
      throw new Error(`STARTPROJECT_TEST_REQUIRE_ALL is set, and there is no ${name}: ${remedy}.`);
    });
  }
  return file !== undefined;
}

function findNewest(folder: string, program: string): string | undefined {
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  const newest = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(folder, version, program));
  return newest.find((file) => existsSync(file));
}

function findOnPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
}
