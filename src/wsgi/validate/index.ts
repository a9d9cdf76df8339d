import { describe } from '../errors.ts';
import type { WSGIApplication, WSGIResponse } from '../types.ts';
import { isWatchable, watchOf } from '../watchable.ts';
import { captureStack } from './place.ts';
import { Reporter } from './reporter.ts';
import { ValidatedCall } from './validated-call.ts';
import type { Report, Violation } from './violation.ts';
import { WatchedCalls } from './watched-calls.ts';

export { WSGIError } from '../errors.ts';
export type { Place } from './place.ts';
export type { Rule } from './rules.ts';
export { type Report, Violation } from './violation.ts';

/**
 * The options of `validator()`.
 *
 * @example
 * import type { ValidatorOptions, Violation } from 'startproject/validate';
 *
 * export const violations: Violation[] = [];
 * export const options: ValidatorOptions = { report: (violation) => violations.push(violation) };
 */
export interface ValidatorOptions {
  /**
   * Called with each violation. The request then continues.
   * @default throws the violation where it was found
   */
  readonly report?: Report | undefined;
}

/**
 * Checks that a server and an application both keep to PEP 3333, and finds the middleware that does not forward
 * `close()`. Each violation names the rule, what was found, and the place in the source. It can be applied around a
 * whole application, and between two middleware.
 *
 * @example
 * import { validator } from 'startproject/validate';
 * import { application as site } from './mysite/wsgi.ts';
 *
 * export const application = validator(site, { report: (violation) => console.error(violation.message) });
 */
export function validator(
  application: WSGIApplication,
  { report = throwViolation }: ValidatorOptions = {},
): WSGIApplication {
  if (typeof application !== 'function') {
    throw new TypeError(`validator() takes an application, and got ${describe(application)}.`);
  }

  // Expensive, and not needed under `runserver`, whose server always closes (bench/validate.js).
  const forgotten =
    report === throwViolation
      ? new FinalizationRegistry<ValidatedCall>((call) => call.collected())
      : undefined;

  return function validated(environ, startResponse): WSGIResponse | Promise<WSGIResponse> {
    const reporter = new Reporter(report, environ);
    // biome-ignore lint/complexity/noArguments: rest parameters would make a function that takes any number.
    checkArguments(arguments, reporter);
    const watch = watchOf(environ);
    if (watch) {
      const call = new ValidatedCall({ environ, reporter, forgotten: undefined, calls: undefined });
      return watch(() => call.callApplication(application, startResponse), environ, startResponse);
    }
    // No middleware is between this validator and a watchable application.
    const calls = isWatchable(application) ? undefined : new WatchedCalls(reporter);
    return new ValidatedCall({ environ, reporter, forgotten, calls }).callApplication(
      application,
      startResponse,
    );
  };
}

function throwViolation(violation: Violation): never {
  throw violation;
}

function checkArguments(args: ArrayLike<unknown>, reporter: Reporter): void {
  if (args.length === 2 && typeof args[1] === 'function') return;
  const stack = captureStack(checkArguments);
  const what = 'An application is called with (environ, startResponse), and nothing else';
  const found = args.length === 2 ? describe(args[1]) : `${args.length} arguments`;
  reporter.found('application-arguments', `${what}. Found ${found}.`, stack);
}
