import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askQuestions, type Interview } from '../../src/scaffold/questions.ts';
import { temporaryFolder } from '../_temp-folder.ts';

/** Answers each question in its turn. The input ends after the last answer. */
function interview(answers: readonly string[], known: Interview['known'] = {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  const interruption = new AbortController();
  const left = [...answers];
  let transcript = '';
  output.on('data', (chunk) => {
    transcript += chunk;
    if (!/[\]:] $/.test(String(chunk))) return;
    const answer = left.shift();
    if (answer === undefined) input.end();
    else input.write(`${answer}\n`);
  });
  const asked = askQuestions({ input, output, cwd: temporaryFolder(), known, interruption });
  return { asked, interruption, transcript: () => transcript };
}

test('answers are taken', async () => {
  expect(await interview(['blog', 'y', 'n']).asked).toEqual({ name: 'blog', install: true, git: false });
});

test('empty answers are the defaults', async () => {
  expect(await interview(['', '', '']).asked).toEqual({ name: 'mysite', install: true, git: true });
});

test('what the flags say is not asked', async () => {
  const { asked, transcript } = interview(['blog'], { install: true, git: true });
  expect(await asked).toEqual({ name: 'blog', install: true, git: true });
  expect(transcript()).toBe('Name of the project [mysite]: ');
});

test('a bad name is asked for again', async () => {
  const { asked, transcript } = interview(['my-blog', 'my_blog', 'n', 'n']);
  expect((await asked).name).toBe('my_blog');
  expect(transcript()).toContain("A project cannot be called 'my-blog'");
  expect(transcript()).toContain("Try 'my_blog' instead.");
});

test('the end of the input is an interruption', async () => {
  const { asked, interruption } = interview(['blog']);
  await expect(asked).rejects.toThrow();
  expect(interruption.signal.reason).toBe('SIGINT');
});
