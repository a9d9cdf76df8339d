import { expect, test } from 'vitest';
import { validated } from '../../../src/worker/site/validated.ts';
import type { WSGIApplication } from '../../../src/wsgi/types.ts';
import { respond } from '../../wsgi/driver/_transport.ts';

const typeless: WSGIApplication = (environ, startResponse) => {
  if (environ.REQUEST_METHOD === 'POST') startResponse('200 OK', []);
  else startResponse('200 OK', []);
  return [Buffer.from('hello')];
};

test('a violation is reported once for each rule and place, with a link to the rule, and does not throw', async () => {
  const told: string[] = [];
  const application = validated(typeless, (text) => told.push(text));
  for (const method of ['GET', 'GET', 'POST', 'POST']) {
    expect((await respond(application, method)).transport).toMatchObject({ status: 200, body: 'hello' });
  }
  const expected = (line: number) =>
    new RegExp(
      `^WSGI: typeless \\(test/worker/site/validated\\.test\\.ts:${line}\\): A response with a body has a Content-Type.*\\n +See docs/validator\\.md#content-type$`,
    );
  expect(told).toEqual([expect.stringMatching(expected(8)), expect.stringMatching(expected(7))]);
});
