import type { LoadedSettings } from '../../conf/load.ts';
import { UserError } from '../../errors.ts';
import type { Environ } from '../../wsgi/types.ts';
import { errorChain, stackOf } from '../error-chain.ts';
import { decodePath } from '../path-encoding.ts';
import { requestPathInfo } from '../request-target.ts';
import type { ErrorCause } from './error-page.ts';
import { type ShownFrame, withCode } from './frame-list.ts';
import {
  type FactGroup,
  type Facts,
  footnote,
  requestGroups,
  settingFacts,
  shownUrl,
} from './request-facts.ts';
import { runtimeName } from './runtime-name.ts';
import { parseStack } from './stack-frames.ts';

/** One error of a chain of causes. */
export interface ReportedError extends ErrorCause {
  readonly frames: readonly ShownFrame[];
}

/** All that the page for an exception shows. */
export interface ExceptionReport {
  readonly title: string;
  readonly error: ReportedError;
  readonly hint: string | undefined;
  readonly causes: readonly ReportedError[];
  readonly facts: Facts;
  readonly request: readonly FactGroup[];
  readonly settings: Facts;
  readonly footnote: string;
}

/** Gathers what is known of an error and its request; reads the source around the site's frames. */
export function reportException(error: unknown, environ: Environ, settings: LoadedSettings): ExceptionReport {
  const [first, ...causes] = errorChain(error).map(reportError);
  const place = first!.frames.find((frame) => frame.isSite) ?? first!.frames[0];
  return {
    title: `${first!.name} at ${decodePath(requestPathInfo(environ))}`,
    error: first!,
    hint: error instanceof UserError ? error.hint : undefined,
    causes,
    facts: [
      ['Request', `${environ.REQUEST_METHOD} ${shownUrl(environ, settings)}`],
      ['Exception location', place ? `${place.place}${place.name ? `, in ${place.name}` : ''}` : 'unknown'],
      ['Settings', settings.module ?? '(given as an object)'],
      ['Runtime', runtimeName()],
      ['Server time', new Date().toUTCString()],
    ],
    request: requestGroups(environ),
    settings: settingFacts(settings),
    footnote: footnote(settings),
  };
}

function reportError(error: unknown): ReportedError {
  const frames = withCode(parseStack(stackOf(error)));
  if (error instanceof Error) return { name: error.name, message: error.message || '(no message)', frames };
  return { name: `Thrown ${typeof error}`, message: stackOf(error), frames };
}
