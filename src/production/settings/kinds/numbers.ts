import { type Kind, scalar } from './kind.ts';

/** The limit of Node's timers. A longer timer would end at once. */
const MOST_MS = 2 ** 31 - 1;
const MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 } as const;

interface WholeNumberOptions {
  readonly least?: number;
  /** @default '4' */
  readonly example?: string;
}

/** A number without a fraction. */
export function wholeNumber({ least = 0, example = '4' }: WholeNumberOptions = {}): Kind<number> {
  return scalar({
    expected: `a whole number from ${least}`,
    example,
    type: 'number',
    argument: '<count>',
    fromText: (text) => wholeFrom(digits(text), least),
    fromValue: (value) => wholeFrom(value, least),
    toText: String,
  });
}

/** A number of processes, or `auto`. */
export const processCount: Kind<number | 'auto'> = scalar<number | 'auto'>({
  expected: "a whole number from 1, or 'auto'",
  example: "'auto'",
  type: "number | 'auto'",
  argument: '<count>',
  fromText: (text) => (text === 'auto' ? text : wholeFrom(digits(text), 1)),
  fromValue: (value) => (value === 'auto' ? value : wholeFrom(value, 1)),
  toText: String,
});

/** A kind whose values are milliseconds. Users write seconds, or a text with a unit. */
export interface TimeKind extends Kind<number> {
  readonly isTime: true;
}

/** A time. */
export const seconds: TimeKind = {
  ...scalar({
    expected: "a number of seconds up to 24 days, or a text such as '500ms', '15m', '2h', '1d'",
    example: '30',
    type: 'Seconds',
    argument: '<seconds>',
    fromText: msFrom,
    fromValue: (value) => (typeof value === 'number' ? toMs(value, 's') : msFrom(value)),
    toText: secondsText,
  }),
  isTime: true,
};

/** A size. */
export const bytes: Kind<number> = scalar({
  expected: "a number of bytes, or a text such as '64K', '512M', '2G'",
  example: "'512M'",
  type: 'Bytes',
  argument: '<bytes>',
  fromText: bytesFrom,
  fromValue: (value) => (typeof value === 'number' ? wholeFrom(value, 0) : bytesFrom(value)),
  toText: String,
});

/** Permission bits, in octal as in shells. */
export const octalMode: Kind<number> = scalar({
  expected: "an octal mode from 0 to 777, such as '027' (in a file 0o027 too)",
  example: '0o027',
  exampleText: '027',
  type: 'number | string',
  argument: '<mode>',
  fromText: modeFrom,
  fromValue: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0o777
      ? value
      : modeFrom(value),
  toText: (mode) => mode.toString(8).padStart(3, '0'),
});

function digits(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function wholeFrom(value: unknown, least: number): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= least ? (value as number) : undefined;
}

function msFrom(value: unknown): number | undefined {
  const [, number, unit = 's'] =
    (typeof value === 'string' && /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d)?$/.exec(value)) || [];
  return number === undefined ? undefined : toMs(Number(number), unit as keyof typeof MS);
}

/** A positive time is at least one millisecond, since 0 means no limit. */
function toMs(number: number, unit: keyof typeof MS): number | undefined {
  const ms = Math.round(number * MS[unit]);
  return number >= 0 && ms <= MOST_MS ? Math.max(ms, number > 0 ? 1 : 0) : undefined;
}

function secondsText(ms: number): string {
  return String(ms / MS.s);
}

function bytesFrom(value: unknown): number | undefined {
  const [, number, unit] =
    (typeof value === 'string' && /^(\d{1,15}(?:\.\d{1,9})?)(?:([kmg])(?:i?b)?)?$/i.exec(value)) || [];
  if (number === undefined) return undefined;
  const factor = unit === undefined ? 1 : BYTES[unit.toLowerCase() as keyof typeof BYTES];
  return wholeFrom(unit === undefined ? Number(number) : Math.round(Number(number) * factor), 0);
}

function modeFrom(value: unknown): number | undefined {
  return typeof value === 'string' && /^(?:0o?)?[0-7]{1,3}$/.test(value)
    ? Number.parseInt(value.replace('o', ''), 8)
    : undefined;
}
