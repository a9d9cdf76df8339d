import { describe, expect, test } from 'vitest';
import { environment, list, sniCertificates } from '../../../src/production/settings/kinds/collections.ts';
import { type Kind, WrongValue } from '../../../src/production/settings/kinds/kind.ts';
import {
  bytes,
  octalMode,
  processCount,
  seconds,
  wholeNumber,
} from '../../../src/production/settings/kinds/numbers.ts';
import { account, choice, flag, logPath, text } from '../../../src/production/settings/kinds/texts.ts';

const FOLDER = '/srv';

/** What a kind makes of a text, and WrongValue for what is wrong. */
function fromText<Value>(kind: Kind<Value>, ...texts: string[]): unknown {
  return orWrong(() => kind.fromTexts(texts, FOLDER));
}

function fromConfig<Value>(kind: Kind<Value>, value: unknown): unknown {
  return orWrong(() => kind.fromConfig(value, FOLDER));
}

function orWrong(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof WrongValue) return WrongValue;
    throw error;
  }
}

describe('a time', () => {
  test.each([
    ['30', 30_000],
    ['0', 0],
    ['0.5', 500],
    ['500ms', 500],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0.0001', 1], // not 0, which means no limit
    ['24d', 2_073_600_000],
  ])('%s is %i ms', (written, ms) => {
    expect([fromText(seconds, written), fromConfig(seconds, written)]).toEqual([ms, ms]);
  });

  test.each(['', '-1', '1w', '1 m', '1e3', '0x10', '25d', 'Infinity', '1.2.3', '１'])(
    '%j is none',
    (written) => {
      expect(fromText(seconds, written)).toBe(WrongValue);
    },
  );

  test('is a number of seconds in a file', () => {
    expect([30, 0.25].map((value) => fromConfig(seconds, value))).toEqual([30_000, 250]);
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, 3e6, true, null, [1]]) {
      expect(fromConfig(seconds, wrong)).toBe(WrongValue);
    }
  });
});

describe('a size', () => {
  test.each([
    ['8190', 8190],
    ['64K', 65_536],
    ['512M', 536_870_912],
    ['1.5g', 1_610_612_736],
    ['2GiB', 2_147_483_648],
  ])('%s is %i bytes', (written, size) => {
    expect(fromText(bytes, written)).toBe(size);
  });

  test.each(['-1', '1.5', '1T', 'M', '1 K', '99999999999999999'])('%j is none', (written) => {
    expect(fromText(bytes, written)).toBe(WrongValue);
  });
});

describe('a mode', () => {
  test.each(['22', '022', '0o22', '0022'])('%s is octal', (written) => {
    expect(fromText(octalMode, written)).toBe(0o022);
  });

  test.each(['8', '1000', '-1', 'rwx'])('%s is none', (written) => {
    expect(fromText(octalMode, written)).toBe(WrongValue);
  });

  test('is a number in a file, and shown in octal', () => {
    expect([fromConfig(octalMode, 0o027), fromConfig(octalMode, 0o1000)]).toEqual([0o027, WrongValue]);
    expect(octalMode.toText(0o7)).toBe('007');
  });
});

test('a number is whole, and not below its least', () => {
  const count = wholeNumber({ least: 1 });
  expect(['1', '007', '0', '1.5', '', '1e3', '-1'].map((written) => fromText(count, written))).toEqual([
    1,
    7,
    ...Array(5).fill(WrongValue),
  ]);
  expect([fromConfig(count, 4), fromConfig(count, '4'), fromConfig(count, 1.5)]).toEqual([
    4,
    WrongValue,
    WrongValue,
  ]);
});

test('a number of processes may be auto', () => {
  expect(['auto', '2', '0', 'all'].map((written) => fromText(processCount, written))).toEqual([
    'auto',
    2,
    WrongValue,
    WrongValue,
  ]);
});

test('a flag is said in several words', () => {
  const said = ['1', 'TRUE', 'yes', 'on', '0', 'false', 'no', 'off', '2', ''];
  expect(said.map((word) => fromText(flag, word))).toEqual([
    ...Array(4).fill(true),
    ...Array(4).fill(false),
    WrongValue,
    WrongValue,
  ]);
  expect([fromConfig(flag, true), fromConfig(flag, 'true')]).toEqual([true, WrongValue]);
});

test('a choice is one of its words', () => {
  const level = choice(['debug', 'info']);
  expect([fromText(level, 'INFO'), fromText(level, 'warn'), fromConfig(level, 'debug')]).toEqual([
    'info',
    WrongValue,
    'debug',
  ]);
});

test('a choice may be yes or no as well', () => {
  const version = choice(['off', 'v2', 'auto'], { yes: 'auto', no: 'off' });
  expect(['v2', 'Yes', '0', 'on'].map((word) => fromText(version, word))).toEqual([
    'v2',
    'auto',
    'off',
    'auto',
  ]);
  expect([true, false, 'v2', 1].map((value) => fromConfig(version, value))).toEqual([
    'auto',
    'off',
    'v2',
    WrongValue,
  ]);
});

test('a text is not empty and has no NUL', () => {
  const name = text({ example: "'a'", argument: '<name>' });
  expect([fromText(name, 'a b'), fromText(name, ''), fromText(name, 'a\0')]).toEqual([
    'a b',
    WrongValue,
    WrongValue,
  ]);
});

test('an account is a name or a number', () => {
  const user = account("'www-data'");
  expect([fromText(user, '33'), fromConfig(user, 33), fromConfig(user, -1)]).toEqual([
    '33',
    '33',
    WrongValue,
  ]);
});

test('a log is a path or a dash', () => {
  const log = logPath("'a.log'");
  expect([fromText(log, '-'), fromText(log, 'a.log'), fromText(log, '/a.log')]).toEqual([
    '-',
    '/srv/a.log',
    '/a.log',
  ]);
});

describe('a list', () => {
  const peers = list({ items: 'addresses', example: 'a', argument: '<addresses>' });
  const paths = list({
    items: 'paths',
    example: 'a',
    argument: '<path>',
    hasCommas: false,
    isPaths: true,
  });

  test('has an item for each flag, and for each part between commas', () => {
    expect(fromText(peers, 'a, b', 'c')).toEqual(['a', 'b', 'c']);
    expect(fromText(paths, 'a,b', '/c')).toEqual(['/srv/a,b', '/c']);
  });

  test('is an array in a file', () => {
    expect([fromConfig(peers, ['a']), fromConfig(peers, 'a'), fromConfig(peers, [1])]).toEqual([
      ['a'],
      WrongValue,
      WrongValue,
    ]);
  });

  test('has no empty items', () => {
    expect(fromText(peers, 'a,,b')).toBe(WrongValue);
  });
});

describe('variables', () => {
  test('are pairs', () => {
    expect(fromText(environment, 'A=1', 'B=x=y', 'C=', 'A=2')).toEqual({ A: '2', B: 'x=y', C: '' });
    expect([fromText(environment, 'A'), fromText(environment, '=1')]).toEqual([WrongValue, WrongValue]);
  });

  test('are texts, numbers or flags in a file', () => {
    expect(fromConfig(environment, { A: 1, B: true, C: 'x' })).toEqual({ A: '1', B: 'true', C: 'x' });
    for (const wrong of [{ A: null }, { A: {} }, ['A=1'], 'A=1', { 'A=B': '1' }, { '': '2' }]) {
      expect(fromConfig(environment, wrong)).toBe(WrongValue);
    }
  });
});

describe('certificates of host names', () => {
  test('are pairs of a host and two files', () => {
    expect(fromText(sniCertificates, 'A.example=a.pem:/a.key')).toEqual({
      'a.example': { certfile: '/srv/a.pem', keyfile: '/a.key' },
    });
    for (const wrong of ['a.example', 'a.example=a.pem', '=a:b']) {
      expect(fromText(sniCertificates, wrong)).toBe(WrongValue);
    }
  });

  test('are objects in a file, with nothing else in them', () => {
    const files = { certfile: 'a.pem', keyfile: 'a.key' };
    expect(fromConfig(sniCertificates, { a: files })).toEqual({
      a: { certfile: '/srv/a.pem', keyfile: '/srv/a.key' },
    });
    expect(fromConfig(sniCertificates, { a: { certfile: 'a.pem' } })).toBe(WrongValue);
    expect(fromConfig(sniCertificates, { a: { ...files, ca: 'x' } })).toBe(WrongValue);
  });
});
