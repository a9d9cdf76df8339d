/**
 * The site's code can use `process.send()` and `process.on('message')` too, so data on the channel between arbiter and
 * worker may come from the untrusted site. Both ends add a key to their messages, which the arbiter has chosen, and
 * accept only messages with this key. The arbiter must survive its workers, so it checks the shape of messages as well.
 */

import type { Failure, Message, SharedToArbiter } from './messages.ts';

export type Sealed = readonly [key: string, message: Message];

export type Fields = Readonly<Record<string, unknown>>;
type Check = (fields: Fields) => boolean;
type Test = (value: unknown) => boolean;
/** The required fields of each type of message. */
export type Checks<Known extends Message> = Readonly<Record<Known['type'], Check>>;

const FAILURE_TEXTS: readonly (keyof Failure)[] = ['name', 'message', 'hint', 'codeFrame', 'stack'];

const isText = (value: unknown): value is string => typeof value === 'string';
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const isLocation = (value: unknown) =>
  isFields(value) &&
  isText(value.file) &&
  [value.line, value.column].every((part) => part === undefined || typeof part === 'number');

/** The allowed values of a field. */
export const is = {
  text: isText,
  fields: isFields,
  number: (value: unknown) => typeof value === 'number',
  flag: (value: unknown) => typeof value === 'boolean',
  listOf: (value: unknown, isItem: Test) => Array.isArray(value) && value.every(isItem),
  optional: (value: unknown, isValue: Test) => value === undefined || isValue(value),
  failure: (value: unknown) =>
    isFields(value) &&
    isText(value.name) &&
    isText(value.message) &&
    FAILURE_TEXTS.every((name) => is.optional(value[name], isText)) &&
    is.optional(value.location, isLocation),
};
export const isNothingMore = () => true;

export const SHARED_TO_ARBITER: Checks<SharedToArbiter> = {
  booted: isNothingMore,
  ready: ({ failure }) => is.optional(failure, is.failure),
  retiring: isNothingMore,
  pong: ({ openRequests }) => is.number(openRequests),
  taken: isNothingMore,
  released: ({ id }) => is.number(id),
  exiting: ({ code, stack }) => is.number(code) && isText(stack),
};

/** The key in the data, not yet verified. */
export function keyOf(data: unknown): string | undefined {
  return Array.isArray(data) && isText(data[0]) ? data[0] : undefined;
}

/**
 * Opens a message. @returns undefined when the key is wrong, or when the shape is checked and is not that of a known
 * message.
 */
export function openSealed<Known extends Message>(
  data: unknown,
  key: string | undefined,
  checks?: Checks<Known>,
): Known | undefined {
  if (key === undefined || keyOf(data) !== key) return undefined;
  const message: unknown = (data as unknown[])[1];
  if (!isFields(message) || !isText(message.type)) return undefined;
  const check =
    checks && (Object.hasOwn(checks, message.type) ? checks[message.type as Known['type']] : () => false);
  return check?.(message) === false ? undefined : (message as unknown as Known);
}

/** A unique key. It is no secret, and `node:crypto` takes 5 ms of CPU to load (`bench/first-use.js`, Node 24). */
export function newKey(): string {
  return [Date.now(), Math.random(), Math.random()].map((number) => number.toString(36)).join('-');
}
