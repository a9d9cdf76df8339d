import { createRequire } from 'node:module';
import type { EvaluationState, ModuleRecord, Namespace } from './module-record.ts';
import { nativeImport } from './native-import.ts';

/** A package or a builtin, which Node loads: its module cache, its rules, its speed. */
export class ExternalRecord implements ModuleRecord {
  readonly id: string;
  readonly dependencies: readonly ModuleRecord[] = [];
  readonly hasStaticNames: boolean;
  state: EvaluationState;
  namespace: Namespace | undefined;

  /** @param namespace When Node has loaded it already. */
  constructor(url: string, namespace?: Namespace) {
    this.id = url;
    this.namespace = namespace;
    this.hasStaticNames = namespace !== undefined;
    this.state = namespace === undefined ? 'linked' : 'evaluated';
  }

  async evaluate(): Promise<void> {
    this.namespace = await nativeImport(this.id);
  }
}

/** A module of this package. It is CommonJS, so that it is there at once, and Node's ES module loader can stay asleep. */
export class OwnRecord implements ModuleRecord {
  readonly id: string;
  readonly dependencies: readonly ModuleRecord[] = [];
  readonly hasStaticNames = false;
  state: EvaluationState = 'linked';
  namespace: Namespace | undefined;

  constructor(file: string) {
    this.id = file;
  }

  evaluate(): void {
    const exports: Namespace = createRequire(import.meta.url)(this.id);
    this.namespace = { ...exports, default: exports };
  }
}
