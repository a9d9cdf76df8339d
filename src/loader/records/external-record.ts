import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';
import { commonjsNamespace } from '../commonjs/commonjs-record.ts';
import { awaitsAtTop } from '../failures/waiting-errors.ts';
import { nativeImport } from '../imports/native-import.ts';
import type { EvaluationState, LeafRecord, ModuleRecord, Namespace } from './module-record.ts';

/** A package or a builtin. Node loads it by its own rules and keeps it in its own cache. */
export class ExternalRecord implements LeafRecord {
  readonly id: string;
  readonly dependencies: readonly ModuleRecord[] = [];
  readonly hasStaticNames: boolean;
  state: EvaluationState;
  namespace: Namespace | undefined;

  /** @param namespace Set when Node has loaded the module already. */
  constructor(url: string, namespace?: Namespace) {
    this.id = url;
    this.namespace = namespace;
    this.hasStaticNames = namespace !== undefined;
    this.state = namespace === undefined ? 'linked' : 'evaluated';
  }

  async evaluate(): Promise<void> {
    this.namespace = await nativeImport(this.id);
  }

  evaluateAtOnce(): void {
    const target = this.id.startsWith('file:') ? fileURLToPath(this.id) : this.id;
    try {
      const exports = createRequire(import.meta.url)(target);
      this.namespace = types.isModuleNamespaceObject(exports) ? exports : commonjsNamespace({ exports });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
      throw awaitsAtTop(target, target);
    }
  }
}

/** A module of this package. It is CommonJS, so it is loaded synchronously, without Node's ES module loader. */
export class OwnRecord implements LeafRecord {
  readonly id: string;
  readonly dependencies: readonly ModuleRecord[] = [];
  readonly hasStaticNames = false;
  state: EvaluationState = 'linked';
  namespace: Namespace | undefined;

  constructor(file: string) {
    this.id = file;
  }

  evaluate(): void {
    const exports = createRequire(import.meta.url)(this.id);
    this.namespace = { ...exports, default: exports };
  }
}
