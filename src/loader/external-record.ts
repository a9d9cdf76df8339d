import type { EvaluationState, ModuleRecord, Namespace } from './module-record.ts';

/** A package or a builtin, which Node loads: its module cache, its rules, its speed. */
export class ExternalRecord implements ModuleRecord {
  readonly id: string;
  readonly dependencies: readonly ModuleRecord[] = [];
  readonly hasStaticNames = false;
  state: EvaluationState = 'linked';
  namespace: Namespace | undefined;

  constructor(url: string) {
    this.id = url;
  }

  async evaluate(): Promise<void> {
    this.namespace = await import(this.id);
  }
}
