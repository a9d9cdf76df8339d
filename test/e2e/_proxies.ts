import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { freePort } from './_listening.ts';
import { Program } from './_program.ts';

/** The text of a proxy's configuration, and how it is started with it. */
export interface ProxyKind {
  configure(port: number, backends: readonly number[], folder: string): string;
  args(file: string, folder: string): readonly string[];
}

/** Keeps connections to its backends, and asks the next one only where HTTP lets it: never twice for a POST. */
export const nginx: ProxyKind = {
  configure: (port, backends, folder) => `
    daemon off;
    master_process off;
    pid ${folder}/pid;
    error_log stderr info;
    events {}
    http {
      access_log off;
      client_body_temp_path ${folder};
      proxy_temp_path ${folder};
      fastcgi_temp_path ${folder};
      uwsgi_temp_path ${folder};
      scgi_temp_path ${folder};
      upstream site {
        ${backends.map((backend) => `server 127.0.0.1:${backend} max_fails=0;`).join('\n')}
        keepalive 32;
      }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://site;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_next_upstream error timeout;
        }
      }
    }`,
  args: (file, folder) => ['-p', folder, '-c', file],
};

export const haproxy: ProxyKind = {
  configure: (port, backends) => `
global
  nbthread 1
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  retries 3
  option redispatch 1
  retry-on conn-failure
frontend site
  bind 127.0.0.1:${port}
  default_backend sites
backend sites
  http-reuse always
  balance roundrobin
${backends.map((backend) => `  server s${backend} 127.0.0.1:${backend} pool-purge-delay 60s`).join('\n')}
`,
  args: (file) => ['-db', '-f', file],
};

/** Starts it in front of the backends. Gives its port, which answers. */
export async function startProxy(
  file: string,
  proxy: ProxyKind,
  backends: readonly number[],
): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'startproject-proxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const config = path.join(folder, 'proxy.conf');
  writeFileSync(config, proxy.configure(port, backends, folder));
  const program = new Program(file, proxy.args(config, folder), folder);
  while (!(await answers(port))) {
    if ((program.process.exitCode ?? program.process.signalCode) !== null) throw new Error(program.output);
    await sleep(10);
  }
  return port;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    (response) => response.ok,
    () => false,
  );
}
