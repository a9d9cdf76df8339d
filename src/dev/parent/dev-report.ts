import type { Whereabouts } from '../../arbiter/worker-handle.ts';
import type { Finding } from '../../checks/finding.ts';
import type { Failure } from '../../worker/messages.ts';
import type { LoggedRequest } from '../request-line.ts';
import type { TypeProblem } from '../types/tsc-output.ts';

/** The events for the terminal. */
export interface DevReport {
  onLoaded(load: { generation: number; ms: number; changed: readonly string[]; failure?: Failure }): void;
  /** @param where Where it is, when it does not turn its event loop. */
  onSlowLoad(ms: number, where?: Whereabouts): void;
  onRequest(facts: LoggedRequest): void;
  onNotice(text: string): void;
  /** Code of the site has failed outside of loads and responses. The stack has the place. */
  onFailure(failure: Failure): void;
  /** @param text The site's URLs, as they were asked for. */
  onUrls(text: string): void;
  /** All that the checks find in the newest load. */
  onFindings(findings: readonly Finding[]): void;
  /** All errors that the TypeScript compiler finds now. */
  onTypes(problems: readonly TypeProblem[]): void;
}
