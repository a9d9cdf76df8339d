import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { describeWith, PYTHON } from '../e2e/_real-parts.ts';
import { startServer } from '../servers/http/_http.ts';
import { compareAll, Wsgiref } from './_wsgiref.ts';
import { PERMITTED } from './_wsgiref-differences.ts';
import { application } from './applications/index.ts';

describeWith(PYTHON, (python) => {
  let wsgiref: Wsgiref;
  beforeAll(async () => {
    wsgiref = await Wsgiref.start(python);
    return () => wsgiref.stop();
  });

  test('every difference from wsgiref that is permitted is there', async () => {
    const { port } = await startServer(application);
    const differences = await compareAll({ port }, wsgiref.port);
    const unused = PERMITTED.filter(({ covers }) => !differences.some(covers));
    expect(unused.map((permitted) => permitted.wsgiref)).toEqual([]);
  });
});

test('docs/wsgi.md lists the differences from wsgiref that are permitted, and no others', () => {
  const docs = readFileSync(new URL('../../docs/wsgi.md', import.meta.url), 'utf8');
  const section = docs.slice(docs.indexOf('## Differences from wsgiref: requests'));
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1);
  expect(rows).toEqual(PERMITTED.map(({ wsgiref, ours, reason }) => `| ${wsgiref} | ${ours} | ${reason} |`));
});
