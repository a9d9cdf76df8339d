import { expect, test } from 'vitest';
import { ErrorStream } from '../../../src/wsgi/environ/errors-stream.ts';

test('text goes to the sink as it is written', () => {
  const log: string[] = [];
  const errors = new ErrorStream((text) => log.push(text));
  errors.write('one\n');
  errors.writelines(['two\n', 'schließlich drei\n']);
  errors.flush();
  expect(log).toEqual(['one\n', 'two\n', 'schließlich drei\n']);
});

test('what is not text is refused', () => {
  const errors = new ErrorStream(() => {});
  expect(() => errors.write(new Error('x') as unknown as string)).toThrow('got an object of class Error');
});
