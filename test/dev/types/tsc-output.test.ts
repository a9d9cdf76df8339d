import { expect, test } from 'vitest';
import { TscOutput, type TypeProblem } from '../../../src/dev/types/tsc-output.ts';

/** What two rounds of `tsc --watch` print, TypeScript 7.0. */
const WATCHED = `10:01:07 AM - Starting compilation in watch mode...

mysite/a.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.
mysite/b (1).ts(4,28): error TS2322: Type '(a: number) => number' is not assignable to type '(a: string) => number'.
  Types of parameters 'a' and 'a' are incompatible.
    Type 'string' is not assignable to type 'number'.
10:01:08 AM - Found 2 errors. Watching for file changes.

10:02:07 AM - File change detected. Starting incremental compilation...

10:02:08 AM - Found 0 errors. Watching for file changes.
`;

function read(texts: readonly string[]): (readonly TypeProblem[])[] {
  const rounds: (readonly TypeProblem[])[] = [];
  const output = new TscOutput((problems) => rounds.push(problems));
  for (const text of texts) output.push(text);
  return rounds;
}

const ROUNDS = [
  [
    {
      place: 'mysite/a.ts:1:14',
      code: 'TS2322',
      message: "Type 'string' is not assignable to type 'number'.",
    },
    {
      place: 'mysite/b (1).ts:4:28',
      code: 'TS2322',
      message: `Type '(a: number) => number' is not assignable to type '(a: string) => number'.
  Types of parameters 'a' and 'a' are incompatible.
    Type 'string' is not assignable to type 'number'.`,
    },
  ],
  [],
];

test('each round of a watching compiler reports all current errors', () => {
  expect(read([WATCHED])).toEqual(ROUNDS);
});

test('lines can arrive in pieces, and with carriage returns', () => {
  expect(read([...WATCHED.replaceAll('\n', '\r\n')])).toEqual(ROUNDS);
});

test('an error of the whole project has no place, and the end of the compiler ends its round', () => {
  const rounds: (readonly TypeProblem[])[] = [];
  const output = new TscOutput((problems) => rounds.push(problems));
  output.push("error TS18003: No inputs were found in config file '/a/tsconfig.json'.");
  output.end();
  expect(rounds).toEqual([
    [
      {
        place: undefined,
        code: 'TS18003',
        message: "No inputs were found in config file '/a/tsconfig.json'.",
      },
    ],
  ]);
});

test('the stored output of a compiler is limited', () => {
  const long = 'x'.repeat(100_000);
  const explained = `  ${long}\n`.repeat(3);
  const second = 'a.ts(1,1): error TS2: b\n'.repeat(10_001);
  const errors = `a.ts(1,1): error TS1: ${long}\n${explained}${second}`;
  const [problems] = read([errors, long, long, '\n10:01:08 AM - Found 10002 errors. Watching\n']);
  expect(problems).toHaveLength(10_000);
  expect(problems![0]!.message.length).toBeLessThan(40_000);
});
