/** Runs in the folder of a site: sends requests to its application, and prints what is answered as JSON. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from 'startproject/test';
import type { WSGIApplication } from 'startproject/wsgi';
import type { Exchanges } from './_pages.ts';

const { baseUrl, list } = JSON.parse(process.argv[2]!) as Exchanges;
const module = pathToFileURL(path.resolve('mysite/wsgi.ts')).href;
const { application } = (await import(module)) as { application: WSGIApplication };
const client = createClient(application, { baseUrl, follow: false, raise: false });

const answers: unknown[] = [];
for (const { method, url, body, headers } of list) {
  const isJson = body?.startsWith('{');
  const type = isJson ? 'application/json' : 'application/x-www-form-urlencoded';
  const options = body === undefined ? {} : { body, headers: { 'content-type': type } };
  const response = await client.request(method, url, options);
  const isRedirect = response.headers.has('location') && response.status !== 201;
  answers.push({
    status: response.status,
    text: isRedirect ? response.headers.get('location') : await response.text(),
    headers: headers.map(([name]) => [name, response.headers.get(name)]),
  });
}
// A site may have timers and pools that go on.
process.stdout.write(`\n${JSON.stringify(answers)}`, () => process.exit());
