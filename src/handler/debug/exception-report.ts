import { isUserError } from '../../errors.ts';
import { hintFor } from '../../loader/failures/error-hints.ts';
import { isError, readText, shortened } from '../../text/thrown-text.ts';
import { pathText } from '../../web/path-encoding.ts';
import { requestPathInfo } from '../../web/request/request-target.ts';
import { CUT_CHAIN, errorChain, stackOf } from '../errors/error-chain.ts';
import type { ViewNode } from '../urls/urlconf.ts';
import { viewPhrase } from '../urls/view-names.ts';
import type { ErrorCause } from './error-page.ts';
import { raisedDuring } from './raised-during.ts';
import {
  type DebugCircumstances,
  type FactGroup,
  type Facts,
  footnote,
  requestGroups,
  settingFacts,
  shownUrl,
} from './request-facts.ts';
import { runtimeName } from './runtime-name.ts';
import { hideSecrets } from './secrets.ts';
import { type ShownFrame, withCode } from './source/frame-list.ts';
import { readSource } from './source/source-file.ts';
import { parseStack, type StackFrame } from './source/stack-frames.ts';

/** One error of a chain of causes. */
interface ReportedError extends ErrorCause {
  readonly frames: readonly ShownFrame[];
}

/** The data of the page for an exception. */
export interface ExceptionReport {
  readonly title: string;
  readonly error: ReportedError;
  readonly hint: string | undefined;
  readonly causes: readonly ReportedError[];
  /** A note on the causes. */
  readonly causesNote: string | undefined;
  readonly facts: Facts;
  readonly request: readonly FactGroup[];
  readonly settings: Facts;
  readonly footnote: string;
}

/** Collects the data about an error and its request, and reads the source around the site's frames. */
export function reportException(error: unknown, circumstances: DebugCircumstances): ExceptionReport {
  const { environ, settings } = circumstances;
  const { errors, isCut } = errorChain(error);
  const [first, ...causes] = errors.map((each) => reportError(each, circumstances));
  const place = first!.frames.find((frame) => frame.isSite) ?? first!.frames[0];
  return {
    title: `${first!.name} at ${hideSecrets(pathText(requestPathInfo(environ)))}`,
    error: first!,
    hint: isUserError(error) ? error.hint : hintFor(first!, () => place?.file && readSource(place.file)),
    causes,
    causesNote: isCut ? CUT_CHAIN : undefined,
    facts: [
      ['Request', `${environ.REQUEST_METHOD} ${shownUrl(environ, settings)}`],
      [
        'Thrown at',
        place ? `${place.place}${place.name ? `, in ${place.name}` : ''}` : 'unknown: it has no stack',
        place?.action,
      ],
      ...raisedDuring(circumstances),
      ['Settings', settings.module ?? '(given as an object)'],
      ['Runtime', runtimeName()],
      ['Server time', new Date().toUTCString()],
    ],
    request: requestGroups(environ),
    settings: settingFacts(settings),
    footnote: footnote(settings),
  };
}

function reportError(error: unknown, { environ, called }: DebugCircumstances): ReportedError {
  if (!isError(error))
    return { name: `Thrown ${typeof error}`, message: hideSecrets(shortened(stackOf(error))), frames: [] };
  const message = readText(error, 'message');
  const frames = withCode(nameInlineView(parseStack(stackOf(error), message), called), environ);
  return {
    name: readText(error, 'name'),
    message: hideSecrets(shortened(message)) || '(no message)',
    frames,
  };
}

/** Names the view in the oldest frame of the site. An arrow function in the list of patterns has no name. */
function nameInlineView(frames: readonly StackFrame[], called: ViewNode | undefined): readonly StackFrame[] {
  if (called === undefined || called.view.name !== '') return frames;
  const oldest = frames.findLast((frame) => frame.isSite);
  return frames.map((frame) =>
    frame === oldest && frame.name === undefined ? { ...frame, name: `the ${viewPhrase(called)}` } : frame,
  );
}
