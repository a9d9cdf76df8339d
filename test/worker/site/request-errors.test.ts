import { expect, test } from 'vitest';
import { RequestErrors } from '../../../src/worker/site/request-errors.ts';
import type { Environ, StartResponse } from '../../../src/wsgi/types.ts';

const START: StartResponse = () => async () => {};

function environWith(written: string[]): Environ {
  const errors = { write: (text: string) => written.push(text), writelines() {}, flush() {} };
  return { 'wsgi.errors': errors } as unknown as Environ;
}

function writing(text: string) {
  return (environ: Environ) => {
    environ['wsgi.errors'].write(text);
    return [];
  };
}

test('the text that a request writes to wsgi.errors is kept for its own log entry', () => {
  const written: string[] = [];
  const errors = new RequestErrors();
  const [first, second, third] = [environWith(written), environWith(written), environWith(written)];

  errors.keep(writing('one\n'))(first, START);
  errors.keep(writing('two\n'))(second, START);
  errors.keep(() => [])(third, START);
  const taken = [second, first, third].map((environ) => errors.take(environ));
  expect([taken, written]).toEqual([['two', 'one', undefined], []]);
});

test('text after the end of the response goes to the original wsgi.errors', () => {
  const written: string[] = [];
  const errors = new RequestErrors();
  const environ = environWith(written);
  errors.keep(() => [])(environ, START);
  errors.take(environ);
  environ['wsgi.errors'].write('late\n');
  expect(written).toEqual(['late\n']);
});

test('a request that no application has seen has no text', () => {
  expect(new RequestErrors().take(undefined)).toBeUndefined();
});
