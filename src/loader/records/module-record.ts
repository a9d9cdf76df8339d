/** What `import * as ns` gives: for the site's modules an object of getters. */
export type Namespace = Readonly<Record<string, unknown>>;

/** `suspended`: it awaits, or something that it imports does. */
export type EvaluationState = 'linked' | 'evaluating' | 'suspended' | 'evaluated' | 'failed';

/** One module of the graph, whatever runs it. */
export interface ModuleRecord {
  /** Absolute path with the query, or the URL of a module that Node loads. */
  readonly id: string;
  /** Of a module of the site. */
  readonly file?: string;
  /** What is evaluated before it, in this order. */
  readonly dependencies: readonly ModuleRecord[];
  state: EvaluationState;
  /** Why evaluation failed; every later import of the module throws the very same. */
  error?: unknown;
  /** All of its names. Those of packages and CommonJS modules are there only after evaluation. */
  readonly namespace: Namespace | undefined;
  /** What ES modules see instead of the namespace, of a file that is CommonJS to TypeScript. */
  readonly imported?: Namespace | undefined;
  /** Whether its names are known before it is evaluated. */
  readonly hasStaticNames: boolean;
}

/** A module without imports that are known before it runs. */
export interface LeafRecord extends ModuleRecord {
  /** The evaluation that goes on. */
  pending?: Promise<void>;
  evaluate(): void | Promise<void>;
  /** The same without a turn of the event loop, where `evaluate()` may take one. */
  evaluateAtOnce?(): void;
}
