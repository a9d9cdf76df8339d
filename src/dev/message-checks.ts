import type { AccessRole } from '../servers/access-log.ts';
import {
  type Checks,
  isFailure,
  isFields,
  isFlag,
  isListOf,
  isNothingMore,
  isNumber,
  isOptional,
  isText,
  SHARED_TO_ARBITER,
  SHARED_TO_WORKER,
} from '../worker/sealed-messages.ts';
import type { ToArbiter, ToWorker } from './messages.ts';

const ROLES: Readonly<Record<AccessRole, true>> = {
  informational: true,
  success: true,
  'not-modified': true,
  redirect: true,
  'not-found': true,
  'client-error': true,
  'server-error': true,
};

const isFileState = (value: unknown) =>
  Array.isArray(value) && isText(value[0]) && (value[1] === null || isNumber(value[1]) || isText(value[1]));

const isHeritage = (value: unknown) =>
  isFields(value) && isListOf(value.packages, isText) && isListOf(value.entries, isText);

const isAccess = (value: unknown) =>
  isFields(value) &&
  isFlag(value.DEBUG) &&
  isListOf(value.ALLOWED_HOSTS, isText) &&
  isFlag(value.USE_X_FORWARDED_HOST);

const isAccessLine = (value: unknown) =>
  isFields(value) &&
  isText(value.time) &&
  isText(value.message) &&
  isText(value.role) &&
  Object.hasOwn(ROLES, value.role);

export const TO_ARBITER: Checks<ToArbiter> = {
  ...SHARED_TO_ARBITER,
  files: ({ files, since, isAhead }) => isListOf(files, isFileState) && isNumber(since) && isFlag(isAhead),
  ready: ({ failure, heritage, access, isPortTaken }) =>
    isOptional(failure, isFailure) &&
    isHeritage(heritage) &&
    isOptional(access, isAccess) &&
    isOptional(isPortTaken, isFlag),
  'port-taken': ({ text }) => isText(text),
  holding: ({ isHolding }) => isFlag(isHolding),
  request: ({ line }) => isAccessLine(line),
  free: isNothingMore,
  notice: ({ text }) => isText(text),
};

export const TO_WORKER: Checks<ToWorker> = {
  ...SHARED_TO_WORKER,
  warm: ({ root, isInspected, heritage }) => isText(root) && isFlag(isInspected) && isHeritage(heritage),
  activate: ({ site, touched, failure, live }) =>
    isFields(site) &&
    isListOf(touched, isText) &&
    isOptional(failure, isFailure) &&
    isOptional(live, isFields),
  connection: ({ head }) => isText(head),
  'show-urls': isNothingMore,
};
