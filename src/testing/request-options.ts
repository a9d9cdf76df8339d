type Fields = Readonly<Record<string, string | number | boolean>>;

/**
 * The options of a request of a test client. At most one of `json`, `form` and `body`.
 *
 * @example
 * import type { TestRequestOptions } from 'startproject/test';
 *
 * export const options: TestRequestOptions = { query: { page: 2 }, json: { title: 'Hello' } };
 */
export interface TestRequestOptions {
  /** @default none */
  readonly headers?: HeadersInit;
  /** Parameters that are added to the query of the URL. @default none */
  readonly query?: Fields;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. A `FormData` is sent as multipart, with its files. */
  readonly form?: Fields | URLSearchParams | FormData;
  /** Sent unchanged. */
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array> | Blob;
  /** Whether redirects within the site are followed. @default the option of the client */
  readonly follow?: boolean;
}

type HeadersInit = ConstructorParameters<typeof Headers>[0];

/** The Request that options ask for. @throws {TypeError} for more than one body. */
export function buildTestRequest(method: string, url: URL, options: TestRequestOptions): Request {
  const { query = {}, json, form, body } = options;
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, String(value));
  const given = [json, form, body].filter((part) => part !== undefined);
  if (given.length > 1) throw new TypeError('A request has one body: json, form or body.');
  const headers = new Headers(options.headers);
  if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const sent = json === undefined ? (formBody(form) ?? body) : JSON.stringify(json);
  return new Request(url, {
    method,
    headers,
    ...(sent !== undefined && { body: sent as string }),
    ...(sent instanceof ReadableStream && ({ duplex: 'half' } as object)),
  });
}

function formBody(form: TestRequestOptions['form']): URLSearchParams | FormData | undefined {
  if (form === undefined || form instanceof URLSearchParams || form instanceof FormData) return form;
  return new URLSearchParams(
    Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]),
  );
}
