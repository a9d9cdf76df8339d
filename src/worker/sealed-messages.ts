/**
 * The site's code has `process.send()` and `process.on('message')` as well: what comes over the channel between arbiter
 * and worker is data from an untrusted site. Both ends seal what they send with a key that the arbiter chose, and
 * both open what they receive here: what is not sealed, or has another shape, is not ours.
 */

import type { Failure, Message, SharedToArbiter, SharedToWorker } from './messages.ts';

export type Sealed = readonly [key: string, message: Message];

export type Fields = Readonly<Record<string, unknown>>;
type Check = (fields: Fields) => boolean;
/** What each type of message has to have beside its type. */
export type Checks<Known extends Message> = Readonly<Record<Known['type'], Check>>;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number';
export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
export const isListOf = (value: unknown, isItem: (item: unknown) => boolean) =>
  Array.isArray(value) && value.every(isItem);
export const isOptional = (value: unknown, isValue: (value: unknown) => boolean) =>
  value === undefined || isValue(value);
export const isNothingMore = () => true;

const FAILURE_FIELDS: readonly (keyof Failure)[] = ['name', 'message', 'hint', 'codeFrame', 'stack'];
export const isFailure = (value: unknown) =>
  isFields(value) &&
  isText(value.name) &&
  isText(value.message) &&
  FAILURE_FIELDS.every((name) => isOptional(value[name], isText));

export const SHARED_TO_ARBITER: Checks<SharedToArbiter> = {
  booted: isNothingMore,
  ready: ({ failure }) => isOptional(failure, isFailure),
  retiring: isNothingMore,
  pong: ({ openRequests }) => isNumber(openRequests),
  exiting: ({ code, stack }) => isNumber(code) && isText(stack),
};

export const SHARED_TO_WORKER: Checks<SharedToWorker> = {
  listen: isNothingMore,
  accepted: isNothingMore,
  ping: isNothingMore,
  'close-inspector': isNothingMore,
  retire: ({ drainMs, signal }) => isNumber(drainMs) && isText(signal),
};

/** The key that the data claims to have. */
export function keyOf(data: unknown): string | undefined {
  return Array.isArray(data) && isText(data[0]) ? data[0] : undefined;
}

/** @returns the message, if the data has the key, and the shape of one that is known. */
export function openSealed<Known extends Message>(
  data: unknown,
  key: string | undefined,
  checks: Checks<Known>,
): Known | undefined {
  if (key === undefined || keyOf(data) !== key) return undefined;
  const message: unknown = (data as unknown[])[1];
  if (!isFields(message) || !isText(message.type) || !Object.hasOwn(checks, message.type)) return undefined;
  return checks[message.type as Known['type']](message) ? (message as unknown as Known) : undefined;
}
