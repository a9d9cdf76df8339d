/**
 * The site's code has `process.send()` and `process.on('message')` as well: what comes over the channel between arbiter
 * and worker is data from an untrusted site. Both ends seal what they send with a key that the arbiter chose, and
 * both open what they receive here: what is not sealed, or has another shape, is not ours.
 */

import type { AccessRole } from '../servers/access-log.ts';
import type { Failure, ToArbiter, ToWorker } from './messages.ts';

export type Sealed = readonly [key: string, message: ToArbiter | ToWorker];

type Fields = Readonly<Record<string, unknown>>;
type Check = (fields: Fields) => boolean;
/** What each type of message has to have beside its type. */
type Checks<Message extends { type: string }> = Readonly<Record<Message['type'], Check>>;

const ROLES: Readonly<Record<AccessRole, true>> = {
  informational: true,
  success: true,
  'not-modified': true,
  redirect: true,
  'not-found': true,
  'client-error': true,
  'server-error': true,
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isListOf = (value: unknown, isItem: (item: unknown) => boolean) =>
  Array.isArray(value) && value.every(isItem);
const isOptional = (value: unknown, isValue: (value: unknown) => boolean) =>
  value === undefined || isValue(value);
const isNothingMore = () => true;

const isFileState = (value: unknown) =>
  Array.isArray(value) && isText(value[0]) && (value[1] === null || isNumber(value[1]) || isText(value[1]));

const isHeritage = (value: unknown) =>
  isFields(value) && isListOf(value.packages, isText) && isListOf(value.entries, isText);

const isAccess = (value: unknown) =>
  isFields(value) &&
  isFlag(value.DEBUG) &&
  isListOf(value.ALLOWED_HOSTS, isText) &&
  isFlag(value.USE_X_FORWARDED_HOST);

const FAILURE_FIELDS: readonly (keyof Failure)[] = ['name', 'message', 'hint', 'codeFrame', 'stack'];
const isFailure = (value: unknown) =>
  isFields(value) &&
  isText(value.name) &&
  isText(value.message) &&
  FAILURE_FIELDS.every((name) => isOptional(value[name], isText));

const isAccessLine = (value: unknown) =>
  isFields(value) &&
  isText(value.time) &&
  isText(value.message) &&
  isText(value.role) &&
  Object.hasOwn(ROLES, value.role);

const FROM_WORKER: Checks<ToArbiter> = {
  booted: isNothingMore,
  files: ({ files, since, isAhead }) => isListOf(files, isFileState) && isNumber(since) && isFlag(isAhead),
  ready: ({ failure, heritage, access, isPortTaken }) =>
    isOptional(failure, isFailure) &&
    isHeritage(heritage) &&
    isOptional(access, isAccess) &&
    isOptional(isPortTaken, isFlag),
  'port-taken': ({ text }) => isText(text),
  holding: ({ isHolding }) => isFlag(isHolding),
  retiring: isNothingMore,
  request: ({ line }) => isAccessLine(line),
  free: isNothingMore,
  pong: ({ openRequests }) => isNumber(openRequests),
  notice: ({ text }) => isText(text),
  exiting: ({ code, stack }) => isNumber(code) && isText(stack),
};

const FROM_ARBITER: Checks<ToWorker> = {
  warm: ({ root, isInspected, heritage }) => isText(root) && isFlag(isInspected) && isHeritage(heritage),
  activate: ({ site, touched, failure, live }) =>
    isFields(site) &&
    isListOf(touched, isText) &&
    isOptional(failure, isFailure) &&
    isOptional(live, isFields),
  connection: ({ head }) => isText(head),
  ping: isNothingMore,
  'close-inspector': isNothingMore,
  'show-urls': isNothingMore,
  retire: ({ drainMs, signal }) => isNumber(drainMs) && isText(signal),
};

/** The message, if the data is one from a worker and has its key. */
export function openFromWorker(data: unknown, key: string): ToArbiter | undefined {
  return open<ToArbiter>(data, key, FROM_WORKER);
}

/** The message, if the data is one from the arbiter. @param key The key, once it is known. */
export function openFromArbiter(data: unknown, key = keyOf(data)): ToWorker | undefined {
  return open<ToWorker>(data, key, FROM_ARBITER);
}

/** The key that the data claims to have. */
export function keyOf(data: unknown): string | undefined {
  return Array.isArray(data) && isText(data[0]) ? data[0] : undefined;
}

function open<Message extends { type: string }>(
  data: unknown,
  key: string | undefined,
  checks: Checks<Message>,
): Message | undefined {
  if (key === undefined || keyOf(data) !== key) return undefined;
  const message: unknown = (data as unknown[])[1];
  if (!isFields(message) || !isText(message.type) || !Object.hasOwn(checks, message.type)) return undefined;
  return checks[message.type as Message['type']](message) ? (message as unknown as Message) : undefined;
}
