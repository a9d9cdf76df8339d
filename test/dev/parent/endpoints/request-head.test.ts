import { describe, expect, test } from 'vitest';
import { parseFields } from '../../../../src/dev/parent/endpoints/request-head.ts';

function parsed(...lines: string[]) {
  const fields = parseFields(['GET / HTTP/1.1', ...lines].join('\r\n'));
  return fields && Object.fromEntries(fields);
}

describe('the fields of a head', () => {
  test('have names in lower case, and values without the space around them', () => {
    expect(parsed('Host:\t a \t', 'X-Empty:')).toEqual({ host: 'a', 'x-empty': '' });
  });

  test('may be none', () => {
    expect(parsed()).toEqual({});
  });

  test('that are repeated are joined', () => {
    expect(parsed('Host: a', 'HOST: b')).toEqual({ host: 'a, b' });
  });

  test.each(['Host', ': a', 'Host : a', ' folded: a', ''])('that are malformed are refused: %j', (line) => {
    expect(parsed(line)).toBeUndefined();
  });
});
