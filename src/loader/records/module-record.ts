/** The namespace object of `import * as ns`. For the site's modules it is an object of getters. */
export type Namespace = Readonly<Record<string, unknown>>;

/** `suspended`: the module or one of its imports awaits. */
export type EvaluationState = 'linked' | 'evaluating' | 'suspended' | 'evaluated' | 'failed';

/** The `module` object of a CommonJS module. */
export interface CommonjsModule {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  /** The folders in which packages are looked for. */
  readonly paths: readonly string[];
  /** The module that required it first; undefined for a module that was imported. */
  parent: CommonjsModule | undefined;
  readonly children: CommonjsModule[];
  loaded: boolean;
  require: NodeJS.Require;
}

/** A module of the graph, of any kind. */
export interface ModuleRecord {
  /** Absolute path with the query, or the URL of a module that Node loads. */
  readonly id: string;
  /** Set for modules of the site. */
  readonly file?: string;
  /** The modules that are evaluated before it, in this order. */
  readonly dependencies: readonly ModuleRecord[];
  state: EvaluationState;
  /** The error of the evaluation. Every later import of the module throws the same object. */
  error?: unknown;
  /** All of its names. Those of packages and CommonJS modules exist only after evaluation. */
  readonly namespace: Namespace | undefined;
  /** Replaces the namespace for ES modules, where the file is CommonJS to TypeScript. */
  readonly imported?: Namespace | undefined;
  /** Of a CommonJS module, and of a file that is CommonJS to TypeScript. */
  readonly commonjs?: CommonjsModule | undefined;
  /** Of a file with ES exports that is CommonJS to TypeScript. */
  readonly compiled?: object | undefined;
  /** Whether its names are known before it is evaluated. */
  readonly hasStaticNames: boolean;
}

/** A module without imports that are known before it runs. */
export interface LeafRecord extends ModuleRecord {
  /** The current evaluation. */
  pending?: Promise<void>;
  evaluate(): void | Promise<void>;
  /** The same without a turn of the event loop, which `evaluate()` may take. */
  evaluateAtOnce?(): void;
}
