import { describe, expect, test } from 'vitest';
import { parseFields } from '../../../../src/dev/parent/endpoints/request-head.ts';

function parsed(...lines: string[]) {
  const fields = parseFields(['GET / HTTP/1.1', ...lines].join('\r\n'));
  return fields && Object.fromEntries(fields);
}

describe('the header fields of a request', () => {
  test('have names in lower case, and values without surrounding spaces', () => {
    expect(parsed('Host:\t a \t', 'X-Empty:')).toEqual({ host: 'a', 'x-empty': '' });
  });

  test('can be empty', () => {
    expect(parsed()).toEqual({});
  });

  test('with the same name are joined', () => {
    expect(parsed('Host: a', 'HOST: b')).toEqual({ host: 'a, b' });
  });

  test.each(['Host', ': a', 'Host : a', ' folded: a', ''])(
    'that are malformed give undefined: %j',
    (line) => {
      expect(parsed(line)).toBeUndefined();
    },
  );
});
