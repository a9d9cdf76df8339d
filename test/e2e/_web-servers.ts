import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { blockOf, substitute } from './_guides.ts';
import { freePort, untilListening } from './_listening.ts';
import { Program } from './_program.ts';
import { APACHE, CADDY, HAPROXY, LIGHTTPD, NGINX, type RealPart } from './_real-parts.ts';

/** The ways that a web server passes requests on, as the headings of the guides name them. */
export type Way = 'HTTP' | 'FastCGI' | 'SCGI' | 'uwsgi';

/** A web server with a guide of its own in docs/deploy. */
export interface WebServer {
  /** The name of the guide, and of the language of its blocks. */
  readonly name: string;
  readonly part: RealPart;
  readonly ways: readonly Way[];
  /** Whether it serves static files beside the site. */
  readonly hasFiles: boolean;
  /** What stands around the guide's file: what Debian's own configuration has, in a folder of the test. */
  frame(site: Site): string;
  args(file: string, folder: string): readonly string[];
}

/** The guide's file, as the frame includes it, and what the test knows of it. */
interface Site {
  readonly file: string;
  readonly text: string;
  readonly folder: string;
  readonly port: number;
  /** The modules that the guide has its reader enable. */
  readonly modules: readonly string[];
}

const IS_ROOT = process.geteuid?.() === 0;

export const WEB_SERVERS: readonly WebServer[] = [
  {
    name: 'nginx',
    part: NGINX,
    ways: ['HTTP', 'FastCGI', 'SCGI', 'uwsgi'],
    hasFiles: true,
    frame: ({ file, folder }) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  scgi_temp_path ${folder}/scgi;
  uwsgi_temp_path ${folder}/uwsgi;
  include ${file};
}
`,
    args: (file, folder) => ['-p', folder, '-c', file],
  },
  {
    name: 'apache',
    part: APACHE,
    ways: ['HTTP', 'FastCGI', 'SCGI', 'uwsgi'],
    hasFiles: true,
    frame: ({ file, folder, port, modules }) => `
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
Listen 127.0.0.1:${port}
ServerName localhost
ErrorLog ${folder}/error.log
LogLevel notice
StartServers 1
${['mpm_event', 'authz_core', 'mime', ...modules]
  .map((module) => `LoadModule ${module}_module /usr/lib/apache2/modules/mod_${module}.so`)
  .join('\n')}
${IS_ROOT ? 'User www-data\nGroup www-data' : ''}
TypesConfig /dev/null
AddType text/css .css
Include ${file}
`,
    args: (file) => ['-DFOREGROUND', '-f', file],
  },
  {
    name: 'lighttpd',
    part: LIGHTTPD,
    ways: ['HTTP', 'FastCGI', 'SCGI'],
    hasFiles: true,
    frame: ({ file, folder, port }) => `
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${folder}"
server.upload-dirs = ( "${folder}" )
mimetype.assign = ( ".css" => "text/css" )
include "${file}"
`,
    args: (file) => ['-D', '-f', file],
  },
  {
    name: 'haproxy',
    part: HAPROXY,
    ways: ['HTTP', 'FastCGI'],
    hasFiles: false,
    frame: ({ text }) => text,
    args: (file) => ['-db', '-f', file],
  },
  {
    name: 'caddy',
    part: CADDY,
    ways: ['HTTP', 'FastCGI'],
    hasFiles: true,
    frame: ({ file }) => `{
  admin off
}
import ${file}
`,
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
];

/** A site's place for a test that follows a guide. */
export class Place {
  /** Stands for /srv/mysite. */
  readonly root: string;
  /** Stands for /run/mysite. */
  readonly run: string;
  /** What stands for 3033. */
  #port = 0;

  constructor(root: string) {
    this.root = root;
    this.run = temporaryFolder();
    // The users that web servers become must reach the files and the socket.
    for (const folder of [this.root, this.run]) chmodSync(folder, 0o755);
  }

  /** Puts the test's paths and ports in the place of the guide's. `port` is that of the web server. */
  async fill(text: string, port = 0): Promise<string> {
    this.#port ||= await freePort();
    return substitute(text, {
      '/srv/mysite': this.root,
      '/run/mysite': this.run,
      '3033': String(this.#port),
      'listen 80': `listen 127.0.0.1:${port}`,
      'bind :80': `bind 127.0.0.1:${port}`,
      'VirtualHost *:80': `VirtualHost 127.0.0.1:${port}`,
      // With a name Caddy would ask for a certificate.
      'www.example.com {': `http://127.0.0.1:${port} {`,
    });
  }
}

/** Starts a web server with the file of its guide. Gives its port, where it accepts connections. */
export async function startWebServer(
  { name, frame, args }: WebServer,
  program: string,
  way: Way,
  place: Place,
  change: (configuration: string) => string = (configuration) => configuration,
): Promise<number> {
  const folder = temporaryFolder();
  const port = await freePort();
  const text = change(await place.fill(blockOf(name, name, way), port));
  const file = `${folder}/site.conf`;
  const modules = /^a2enmod (.*)$/m.exec(blockOf(name, 'sh', way))?.[1]?.split(' ') ?? [];
  writeFiles(folder, { 'site.conf': text, 'frame.conf': frame({ file, text, folder, port, modules }) });
  chmodSync(folder, 0o755);
  const variables = [`XDG_CONFIG_HOME=${folder}`, `XDG_DATA_HOME=${folder}`]; // of Caddy
  const words = [...variables, program, ...args(`${folder}/frame.conf`, folder)];
  const running = new Program('env', words, folder);
  onTestFinished(({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(running.output + errorLog(folder));
  });
  await untilListening(port, running);
  return port;
}

/** Apache's: it cannot open a standard error that is a socket. */
function errorLog(folder: string): string {
  const file = `${folder}/error.log`;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
