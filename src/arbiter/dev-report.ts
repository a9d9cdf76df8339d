import type { AccessLine, Failure } from '../worker/messages.ts';

/** What happens, for the terminal. */
export interface DevReport {
  onLoaded(load: { generation: number; ms: number; changed: readonly string[]; failure?: Failure }): void;
  /** @param stack Where it is, when it is busy and does not wait for something. */
  onSlowLoad(ms: number, stack?: string): void;
  onRequest(line: AccessLine): void;
  onNotice(text: string): void;
}
