import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureApplication } from '../../src/dev/child/failure-application.ts';
import { renderLostPage } from '../../src/dev/parent/failures/lost-page.ts';
import { ImproperlyConfigured } from '../../src/errors.ts';
import { PermissionDenied } from '../../src/handler/errors/exceptions.ts';
import { EDITOR, UNKNOWN_ACCESS } from '../../src/handler/errors/page-access.ts';
import { Http404, include, path } from '../../src/handler/urls/index.ts';
import { BadRequest } from '../../src/web/request/bad-request.ts';
import { ask, createApplication, type RequestOptions } from '../handler/_client.ts';
import { launchChromium } from './_chromium.ts';
import { CHROMIUM, describeWith } from './_real-parts.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Its source is shown on the page: a comment, 'a text' and keywords are in it, and a line that is too long for its frame, whatever the width of the window: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx */
function explode(): never {
  /* A comment */ const reason = 'why'; // Another one.
  throw new Error(`It broke.\nOn two lines.`, { cause: new TypeError(reason, { cause: 'a text' }) });
}

function misconfigured(): never {
  throw new ImproperlyConfigured('No mail.', { hint: 'Set MAIL_HOST.' });
}

const throws = (error: unknown) => () => Promise.reject(error);

const URLPATTERNS = [
  path('explode/', explode),
  path('misconfigured/', misconfigured),
  path('form/', async (request) => Response.json([...(await request.formData())])),
  path('lost/', throws(new Http404('There is no article 7.')), { name: 'lost' }),
  path('denied/', throws(new PermissionDenied())),
  path('bad/', throws(new BadRequest('What?'))),
  path('blog/', include([path('<slug:slug>/', explode, { name: 'post' })])),
];

const FAILURE = {
  name: 'ImproperlyConfigured',
  message: 'mysite/wsgi.ts:1:7: syntax error: no',
  hint: 'Give it a name.',
  location: { file: `${process.cwd()}/mysite/wsgi.ts`, line: 1, column: 7 },
  codeFrame: `  1 | // A comment\n> 2 | const = 'a text'; // ${'long '.repeat(60)}\n    |       ^`,
  stack: 'Error: no\n    at home (/srv/mysite/mysite/views.ts:3:7)\n    at node:internal/modules:1:2',
};

/** Pages have buttons then. */
const EDITOR_LINK = { [EDITOR]: '/editor?token=x' };

async function bodyOf(settings: object, url: string, options: RequestOptions = {}): Promise<string> {
  const application = await createApplication(URLPATTERNS, { DEBUG: true, SECRET_KEY: 'x', ...settings });
  const environ = { HTTP_ACCEPT: 'text/html', HTTP_COOKIE: 'theme=dark', ...EDITOR_LINK, ...options.environ };
  return (await ask(application, url, { ...options, environ })).body;
}

async function failureOf(host: string): Promise<string> {
  const environ = { HTTP_ACCEPT: 'text/html', HTTP_HOST: host, ...EDITOR_LINK };
  return (await ask(failureApplication(FAILURE, UNKNOWN_ACCESS), '/', { environ })).body;
}

function lostPage(maySeeFacts: boolean): Promise<string> {
  const request = {
    method: 'GET',
    target: '/',
    httpVersion: '1.1',
    isHtml: true,
    maySeeFacts,
    mayOpenEditor: true,
  };
  const stack = 'Error: process.exit(3)\n    at home (/srv/mysite/mysite/views.ts:3:7)';
  const location = { file: `${process.cwd()}/mysite/views.ts`, line: 3, column: 7 };
  const failure = { ...FAILURE, message: 'views.ts:3:7: The process exited with code 3.', stack, location };
  return renderLostPage(request, failure, { editorAction: EDITOR_LINK[EDITOR] });
}

const broken = { method: 'POST', body: 'x', environ: { CONTENT_TYPE: 'multipart/form-data' } };
const large = { method: 'POST', body: 'a=1', environ: { CONTENT_TYPE: 'application/x-www-form-urlencoded' } };
const PUBLIC = { DEBUG: false };

/** By name: what makes it, and what is on it. */
const PAGES: Readonly<Record<string, readonly [make: () => Promise<string>, text: string]>> = {
  'the welcome page': [
    async () => (await ask(await createApplication([], { DEBUG: true }), '/')).body,
    'Ready for',
  ],
  'the page for an exception': [() => bodyOf({}, '/explode/?q=1'), 'It broke.'],
  'the page for an exception with a hint': [() => bodyOf({}, '/misconfigured/'), 'Set MAIL_HOST.'],
  'the page for a URL that is not there': [() => bodyOf({}, '/nothing/'), 'No page at'],
  'the page for what a view has not found': [() => bodyOf({}, '/lost/'), 'There is no article 7.'],
  'the page for a bad request': [() => bodyOf({}, '/form/', broken), 'Traceback'],
  'the page for a body that is too large': [
    () => bodyOf({ DATA_UPLOAD_MAX_MEMORY_SIZE: 1 }, '/form/', large),
    'RequestDataTooBig',
  ],
  'the page for a host that is not allowed': [
    () => bodyOf({}, '/', { environ: { HTTP_HOST: 'evil.com' } }),
    'ALLOWED_HOSTS',
  ],
  'the page for a site that does not load': [() => failureOf('localhost'), 'syntax error'],
  'the short page for a site that does not load': [() => failureOf('evil.com'), 'The terminal'],
  'the page for a process that has ended': [() => lostPage(true), 'exited with code 3'],
  'the short page for a process that has ended': [() => lostPage(false), 'The terminal'],
  'the plain 400': [() => bodyOf(PUBLIC, '/bad/'), 'Bad Request'],
  'the plain 403': [() => bodyOf(PUBLIC, '/denied/'), 'Forbidden'],
  'the plain 404': [() => bodyOf(PUBLIC, '/nothing/'), 'Not Found'],
  'the plain 413': [
    () => bodyOf({ ...PUBLIC, DATA_UPLOAD_MAX_MEMORY_SIZE: 1 }, '/form/', large),
    'Content Too Large',
  ],
  'the plain 500': [() => bodyOf(PUBLIC, '/explode/'), 'Server Error'],
};

describeWith(CHROMIUM, (executablePath) => {
  let browser: Browser;
  /** One tab for all pages: to open one takes Chromium a second of CPU. */
  let page: Page;
  beforeAll(async () => {
    browser = await launchChromium(executablePath);
    page = await browser.newPage();
  });
  afterAll(() => browser.close());

  describe.each(Object.keys(PAGES))('%s', (name) => {
    const [make, text] = PAGES[name]!;
    beforeAll(async () => {
      const html = await make();
      expect(html).toContain(text);
      await page.goto('about:blank'); // nothing of the page before is left
      await page.setContent(html);
      // What is folded away counts as well.
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      await page.evaluate(AXE);
    });

    test.each([
      ['light', 1440],
      ['dark', 1440],
      ['light', 360],
      ['dark', 360],
    ] as const)('has no violation that axe finds, %s and %i pixels wide', async (colorScheme, width) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      expect(await violations(page)).toEqual([]);
    });
  });
});

/** What axe finds wrong, a line for each element. */
async function violations(page: Page): Promise<string[]> {
  const options = JSON.stringify({ runOnly: TAGS });
  const results = (await page.evaluate(`axe.run(document, ${options})`)) as AxeResults;
  expect(results.passes.length).toBeGreaterThan(5);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html.slice(0, 120)} (${any[0]?.message ?? ''})`),
  );
}
