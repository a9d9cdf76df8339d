import { bodyOf, exchange } from '../servers/http/_http.ts';

/** What two servers do differently with the same bytes. */
export interface Difference {
  readonly request: string;
  /** A key of the environ, or `status` where one of the two refuses the request, or answers it by itself. */
  readonly key: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Where a server listens on 127.0.0.1, and whether it speaks TLS there. */
export interface Endpoint {
  readonly port: number;
  readonly isSecure?: boolean | undefined;
}

/** Requests by what they are about. */
export type Requests = Readonly<Record<string, readonly [requestLine: string, ...headers: string[]]>>;

/** wsgiref answers one after the other, and lets five wait. */
const AT_ONCE = 4;

/** Sends every request to both and gives what they do differently. Both serve the application of the suite. */
export async function compareEnvirons(
  requests: Requests,
  one: Endpoint,
  other: Endpoint,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const rest = Object.entries(requests).values();
  const compareRest = async () => {
    for (const [request, lines] of rest) {
      const [ours, theirs] = await Promise.all([ask(one, lines), ask(other, lines)]);
      const isRefused = 'status' in ours || 'status' in theirs;
      const keys = isRefused ? ['status'] : new Set([...Object.keys(ours), ...Object.keys(theirs)]);
      for (const key of keys) {
        if (JSON.stringify(ours[key]) === JSON.stringify(theirs[key])) continue;
        differences.push({ request, key, ours: ours[key], theirs: theirs[key] });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, compareRest));
  return differences;
}

/** The environ that a request has made, or the status where no application saw it. */
async function ask(
  { port, isSecure }: Endpoint,
  [requestLine, ...lines]: readonly string[],
): Promise<Record<string, unknown>> {
  const end = lines.includes('') ? [] : ['', ''];
  const own = ['X-Application: environ', 'X-Run: wsgiref', 'Connection: close'];
  const response = await exchange(port, [requestLine, ...own, ...lines, ...end].join('\r\n'), isSecure);
  const isChunked = /\r\ntransfer-encoding: chunked\r\n/i.test(response);
  const body = Buffer.from(
    isChunked ? withoutChunks(bodyOf(response)) : bodyOf(response),
    'latin1',
  ).toString();
  if (!response.startsWith('HTTP/1.') || !body.startsWith('{')) return { status: response.slice(9, 12) };
  const environ = JSON.parse(body) as Record<string, unknown>;
  for (const key of ['HTTP_X_APPLICATION', 'HTTP_X_RUN']) delete environ[key];
  return { ...environ, SERVER_PORT: environ.SERVER_PORT === String(port) ? 'its own' : environ.SERVER_PORT };
}

/** What is in the chunks of a body. */
function withoutChunks(body: string): string {
  let content = '';
  for (let at = 0; at < body.length; ) {
    const start = body.indexOf('\r\n', at) + 2;
    const size = Number.parseInt(body.slice(at, start), 16);
    if (!(size > 0)) break;
    content += body.slice(start, start + size);
    at = start + size + 2;
  }
  return content;
}
