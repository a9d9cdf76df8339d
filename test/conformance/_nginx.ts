import { type AtEnd, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { freePort, untilListening } from '../e2e/_listening.ts';
import { Program } from '../e2e/_program.ts';

/** How nginx passes requests on: the beginning of the names of its directives. */
export type NginxModule = 'fastcgi' | 'scgi' | 'uwsgi' | 'proxy';

export interface NginxOptions {
  /** Where requests go: `127.0.0.1:9000`, `unix:/run/site.sock`. */
  readonly backend: string;
  /** Whether bodies of requests are passed on when they have come as a whole. @default false */
  readonly isBuffered?: boolean;
  /** Further directives of the location. */
  readonly location?: readonly string[];
  /** Where it listens beside its port, as `listen` has it. */
  readonly listen?: readonly string[];
}

/** The variables that Debian's nginx sends, as its administrators include them. */
const PARAMS = '/etc/nginx';

/**
 * Starts nginx in front of a server. Nothing is buffered, so that what is tested is the server.
 *
 * @returns the port that it listens on, on 127.0.0.1
 */
export async function startNginx(
  file: string,
  module: NginxModule,
  options: NginxOptions,
  atEnd: AtEnd,
): Promise<number> {
  const folder = temporaryFolder({}, atEnd);
  const port = await freePort();
  writeFiles(folder, { 'nginx.conf': configuration(module, options, port, folder) });
  const program = new Program(file, ['-p', folder, '-c', `${folder}/nginx.conf`], folder, atEnd);
  await untilListening(port, program);
  return port;
}

function configuration(module: NginxModule, options: NginxOptions, port: number, folder: string): string {
  const { backend, isBuffered = false, location = [], listen = [] } = options;
  const isProxy = module === 'proxy';
  return `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path ${folder};
  proxy_temp_path ${folder};
  fastcgi_temp_path ${folder};
  scgi_temp_path ${folder};
  uwsgi_temp_path ${folder};
  client_max_body_size 0;
  large_client_header_buffers 8 64k;
  keepalive_timeout 10s;
  server {
    listen 127.0.0.1:${port};
    ${listen.map((address) => `listen ${address};`).join(' ')}
    location / {
      ${isProxy ? PROXY_HEADERS : `include ${PARAMS}/${module}_params;`}
      ${module}_pass ${isProxy ? 'http://' : ''}${backend};
      ${module}_buffering off;
      ${module}_request_buffering ${isBuffered ? 'on' : 'off'};
      ${module}_buffer_size 64k;
      ${module}_buffers 8 64k;
      ${module}_next_upstream off;
      ${location.join('\n      ')}
    }
  }
}
`;
}

const PROXY_HEADERS = `proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;`;
