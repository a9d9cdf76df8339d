import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { startProxy } from './_proxies.ts';
import { type RunOptions, Wsgi } from './_runwsgi.ts';

export type Protocol = 'fcgi' | 'scgi' | 'uwsgi';

/** A `runfcgi` that runs, or that failed to start, without a web server. */
export class Fcgi extends Wsgi {
  constructor(args: readonly string[] = [], options: RunOptions = {}) {
    super(args, { bind: [], bin: 'runfcgi.js', ...options });
  }

  /** The socket at which it serves, of those that `runfcgi()` starts. */
  get socket(): string {
    return path.join(this.root, 'site.sock');
  }

  /** Has a web server in front of it from here on: `url` is that one's. */
  async behind(nginx: string, protocol: Protocol = 'fcgi'): Promise<this> {
    const port = await startProxy(nginx, webServer(protocol, this.socket), []);
    this.servesAt(`Serving at http://127.0.0.1:${port}`);
    return this;
  }
}

/** Runs `runfcgi` in front, in a site of its own at `site.sock`, and waits until it serves. */
export function runfcgi(args: readonly string[] = [], options: RunOptions = {}): Promise<Fcgi> {
  return new Fcgi(['socket=site.sock', 'daemonize=false', ...args], options).started();
}

/** nginx, which passes bodies on as they come, and asks no second time. */
function webServer(protocol: Protocol, socket: string): Parameters<typeof startProxy>[1] {
  const directive = { fcgi: 'fastcgi', scgi: 'scgi', uwsgi: 'uwsgi' }[protocol];
  return {
    configure: (port, _backends, folder) => `
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
      upstream site { server unix:${socket} max_fails=0; ${protocol === 'fcgi' ? 'keepalive 16;' : ''} }
      server {
        listen 127.0.0.1:${port};
        location / {
          include /etc/nginx/${directive}_params;
          ${directive}_pass site;
          ${directive}_request_buffering off;
          ${directive}_buffering off;
          ${protocol === 'fcgi' ? 'fastcgi_keep_conn on;' : ''}
        }
      }
    }`,
    args: (file, folder) => ['-p', folder, '-c', file],
  };
}

/** HAProxy, which sends a request again that a connection took with it. */
export function haproxyWithFastcgi(socket: string): Parameters<typeof startProxy>[1] {
  return {
    configure: (port) => `
global
  nbthread 1
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  retry-on conn-failure empty-response
fcgi-app site
  docroot /
  option keep-conn
  option mpxs-conns
frontend clients
  bind 127.0.0.1:${port}
  default_backend sites
backend sites
  use-fcgi-app site
  http-reuse always
  server site unix@${socket} proto fcgi
`,
    args: (file) => ['-db', '-f', file],
  };
}

/** What the site says by FastCGI, head and body, as the client `cgi-fcgi` gets it. */
export async function askByFastcgi(cgiFcgi: string, address: string, requestPath = '/'): Promise<string> {
  const variables = {
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: requestPath,
    REQUEST_URI: requestPath,
    QUERY_STRING: '',
    SERVER_NAME: 'localhost',
    SERVER_PORT: '80',
    SERVER_PROTOCOL: 'HTTP/1.1',
    HTTP_HOST: 'localhost',
  };
  const client = spawn(cgiFcgi, ['-bind', '-connect', address], {
    env: variables,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return text(client.stdout!);
}
