import type { Whereabouts } from '../../arbiter/worker-handle.ts';
import type { Finding } from '../../checks/finding.ts';
import type { Failure } from '../../worker/messages.ts';
import type { LoggedRequest } from '../request-line.ts';
import type { TypeProblem } from '../types/tsc-output.ts';

/** Receives the events that the terminal shows. */
export interface DevReport {
  onLoaded(load: { generation: number; ms: number; changed: readonly string[]; failure?: Failure }): void;
  /** @param where The state of the process, if its event loop is blocked. */
  onSlowLoad(ms: number, where?: Whereabouts): void;
  onRequest(facts: LoggedRequest): void;
  onNotice(text: string): void;
  /** Called when code of the site has failed outside of loads and requests. The stack contains the place. */
  onFailure(failure: Failure): void;
  /** @param text The site's URLs, after a request for them. */
  onUrls(text: string): void;
  /** Called with all findings of the checks for the newest load. */
  onFindings(findings: readonly Finding[]): void;
  /** Called with all current errors of the TypeScript compiler. */
  onTypes(problems: readonly TypeProblem[]): void;
}
