/** The namespace object of `import * as ns`. For the site's modules it is an object of getters. */
export type Namespace = Readonly<Record<string, unknown>>;

/** `suspended` means that the module or one of its imports awaits. */
export type EvaluationState = 'linked' | 'evaluating' | 'suspended' | 'evaluated' | 'failed';

/** The `module` object of a CommonJS module. */
export interface CommonjsModule {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  /** The `node_modules` folders in which packages are searched. */
  readonly paths: readonly string[];
  /** The module that required it first. Undefined for a module that was imported. */
  parent: CommonjsModule | undefined;
  readonly children: CommonjsModule[];
  loaded: boolean;
  require: NodeJS.Require;
}

/** A module of the graph, of any kind. */
export interface ModuleRecord {
  /** The absolute path with the query, or the URL of a module that Node loads. */
  readonly id: string;
  /** Set for modules of the site. */
  readonly file?: string;
  /** The modules that are evaluated before it, in this order. */
  readonly dependencies: readonly ModuleRecord[];
  state: EvaluationState;
  /** The error of the evaluation. Every later import of the module throws the same object. */
  error?: unknown;
  /** All exported names. The names of packages and CommonJS modules are known only after the evaluation. */
  readonly namespace: Namespace | undefined;
  /** The namespace for ES modules, when the file is compiled to CommonJS and so has a different one for them. */
  readonly imported?: Namespace | undefined;
  /** Set for a CommonJS module, and for a file that TypeScript compiles to CommonJS. */
  readonly commonjs?: CommonjsModule | undefined;
  /** Set for a file with ES exports that TypeScript compiles to CommonJS. */
  readonly compiled?: object | undefined;
  /** Whether its names are known before the evaluation. */
  readonly hasStaticNames: boolean;
}

/** A module whose imports are not known before it runs, such as a package or a CommonJS module. */
export interface LeafRecord extends ModuleRecord {
  /** The evaluation in progress. */
  pending?: Promise<void>;
  evaluate(): void | Promise<void>;
  /** Evaluates without a turn of the event loop. `evaluate()` may take one. */
  evaluateAtOnce?(): void;
}
