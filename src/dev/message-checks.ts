import { isFinding } from '../checks/finding.ts';
import { type Checks, type Fields, is, isNothingMore, SHARED_TO_ARBITER } from '../worker/sealed-messages.ts';
import type { ToArbiter } from './messages.ts';

const isFileState = (value: unknown) =>
  Array.isArray(value) &&
  is.text(value[0]) &&
  (value[1] === null || is.number(value[1]) || is.text(value[1]));

const isHeritage = (value: unknown) =>
  is.fields(value) && is.listOf(value.packages, is.text) && is.listOf(value.entries, is.text);

const isAccess = (value: unknown) =>
  is.fields(value) &&
  is.flag(value.DEBUG) &&
  is.listOf(value.ALLOWED_HOSTS, is.text) &&
  is.flag(value.USE_X_FORWARDED_HOST);

const isEnding = (value: unknown) => value === 'client' || value === 'server';

const isRequestLine = (value: unknown): value is Fields =>
  is.fields(value) && is.text(value.method) && is.text(value.target) && is.text(value.httpVersion);

const isLoggedRequest = (value: unknown) =>
  isRequestLine(value) &&
  is.number(value.status) &&
  is.number(value.bytes) &&
  is.number(value.durationMs) &&
  is.optional(value.brokenOffBy, isEnding) &&
  is.optional(value.error, is.text);

const isAskedRequest = (value: unknown) =>
  isRequestLine(value) && is.flag(value.isHtml) && is.flag(value.maySeeFacts) && is.flag(value.mayOpenEditor);

export const TO_ARBITER: Checks<ToArbiter> = {
  ...SHARED_TO_ARBITER,
  files: ({ files, since, isAhead }) => is.listOf(files, isFileState) && is.number(since) && is.flag(isAhead),
  ready: ({ failure, heritage, access, isPortTaken }) =>
    is.optional(failure, is.failure) &&
    isHeritage(heritage) &&
    is.optional(access, isAccess) &&
    is.optional(isPortTaken, is.flag),
  'port-taken': ({ text }) => is.text(text),
  holding: ({ isHolding }) => is.flag(isHolding),
  answered: ({ answered }) => is.listOf(answered, isLoggedRequest),
  asked: ({ id, request }) => is.number(id) && isAskedRequest(request),
  free: ({ answered }) => is.listOf(answered, isLoggedRequest),
  'styles-changed': isNothingMore,
  findings: ({ findings }) => is.listOf(findings, isFinding),
  urls: ({ text }) => is.text(text),
  notice: ({ text, isOnce }) => is.text(text) && is.optional(isOnce, is.flag),
};
