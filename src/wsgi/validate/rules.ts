/**
 * The rules that the validator checks, by their names in messages and documentation, with the section of PEP 3333 of
 * each.
 */
export const RULES = {
  'application-arguments': 'Specification Details',
  'body-not-allowed': 'Other HTTP Features',
  'close-missing': 'Specification Details',
  'close-swallowed': 'Specification Details',
  'close-twice': 'Specification Details',
  'content-length': 'Handling the Content-Length Header',
  'content-type': 'The start_response() Callable',
  environ: 'environ Variables',
  'environ-paths': 'environ Variables',
  'environ-strings': 'Unicode Issues',
  errors: 'Input and Error Streams',
  etag: 'The start_response() Callable',
  'exc-info': 'Error Handling',
  headers: 'The start_response() Callable',
  'hop-by-hop': 'Other HTTP Features',
  'input-close': 'Input and Error Streams',
  'input-concurrent': 'Input and Error Streams',
  'input-late': 'Input and Error Streams',
  'input-size': 'Input and Error Streams',
  'input-type': 'Input and Error Streams',
  'next-after-close': 'Specification Details',
  'next-concurrent': 'Specification Details',
  'response-block': 'Buffering and Streaming',
  'response-iterable': 'The Application/Framework Side',
  'start-response-arguments': 'The start_response() Callable',
  'start-response-late': 'The start_response() Callable',
  'start-response-missing': 'The start_response() Callable',
  'start-response-twice': 'The start_response() Callable',
  write: 'The write() Callable',
  'write-late': 'The write() Callable',
  'write-while-iterating': 'The write() Callable',
} as const;

/** The name of a rule that the validator checks. docs/validator.md explains each. */
export type Rule = keyof typeof RULES;
