import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../_temp-folder.ts';
import { Command, get, runserver, sharedRunserver } from './_runserver.ts';

const cookies = (size: number) => ({ headers: { Cookie: `a=${'b'.repeat(size)}` } });

describe.each([[[]], [['--noreload']]])('with %j', (args) => {
  const serve = sharedRunserver(args);

  test('large cookies and long addresses are accepted', async () => {
    const site = await serve();
    expect(await get(site.url, cookies(16_000))).toMatchObject({ status: 200 });
    expect(await get(`${site.url}?next=${'a'.repeat(8_000)}`)).toMatchObject({ status: 200 });
  });

  test('a refusal names the option that raises the limit', async () => {
    const site = await serve();
    const refused = await get(site.url, cookies(17_000));
    expect(refused.status).toBe(431);
    expect(refused.body).toContain('--limit-request-field-size');
    await site.saw(
      /Refused with 431, The header Cookie is larger than 16384 bytes.*--limit-request-field-size/,
    );
  });
});

test.each([[[]], [['--noreload']]])('each limit has an option, with %j', async (args) => {
  const site = await runserver({}, [
    ...args,
    '--limit-request-line=9000',
    '--limit-request-fields=20',
    '--limit-request-field-size=30000',
    '--limit-request-head=35000',
  ]);
  expect(await get(`${site.url}?${'a'.repeat(8_900)}`)).toMatchObject({ status: 200 });
  expect(await get(`${site.url}?${'a'.repeat(9_000)}`)).toMatchObject({ status: 414 });
  expect(await get(site.url, cookies(29_000))).toMatchObject({ status: 200 });
  expect(await get(site.url, cookies(31_000))).toMatchObject({ status: 431 });
  expect(await get(`${site.url}?${'a'.repeat(8_000)}`, cookies(29_000))).toMatchObject({ status: 431 });
  const fields = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`X-${i}`, 'a']));
  expect(await get(site.url, { headers: fields })).toMatchObject({ status: 431 });
});

test.each([[[]], [['--noreload']]])("Node's option is used from NODE_OPTIONS, with %j", async (args) => {
  const site = await runserver({}, args, { NODE_OPTIONS: '--max-http-header-size=100000' });
  expect(await get(site.url, cookies(90_000))).toMatchObject({ status: 200 });
});

test.each([[[]], [['--noreload']]])("Node's option is used from its command line, with %j", async (args) => {
  const nodeFlags = ['--max-http-header-size=100000'];
  const site = await runserver({}, args, {}, undefined, { nodeFlags });
  expect(await get(site.url, cookies(90_000))).toMatchObject({ status: 200 });
});

test('the options are in the help, with their defaults', async () => {
  const help = new Command('runserver.js', ['--help'], { cwd: temporaryFolder() });
  await help.exit;
  const text = help.output.replace(/\s+/g, ' ');
  expect(text).toMatch(/--limit-request-line <bytes> [^-]*\(8190\)/);
  expect(text).toMatch(/--limit-request-fields <count> [^-]*\(100\)/);
  expect(text).toMatch(/--limit-request-field-size <bytes> [^-]*\(16384\)/);
  expect(text).toMatch(/--limit-request-head <bytes> [^-]*\(65536\)/);
});

test('a limit that is not a number is a usage error', async () => {
  const command = new Command('runserver.js', ['--limit-request-line=8k'], { cwd: temporaryFolder() });
  expect(await command.exit).toMatchObject({ code: 2 });
  expect(command.output).toContain(
    "--limit-request-line takes a whole number, 0 for no limit, and got '8k'.",
  );
});
