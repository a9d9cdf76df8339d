import { adopt } from '../commonjs/commonjs-module.ts';
import { awaitsAtTop } from '../failures/waiting-errors.ts';
import { EsmRecord } from './esm-record.ts';
import { linkLateNames } from './linking.ts';
import type { LeafRecord, ModuleRecord } from './module-record.ts';

/**
 * Runs modules in ECMAScript's order (16.2.1.6.1.3). When a module awaits, its importers run after it has ended, and
 * other modules run meanwhile. Modules that become ready at the same time run in the order of evaluation.
 *
 * Node loads packages asynchronously, with turns of the event loop that ECMAScript does not have. So a walk through the
 * graph pauses for each package, and modules that become ready during the pause wait for the end of the walk.
 */
export class Evaluator {
  #paused: Promise<void> | undefined;
  /** Continuations for modules that ended during a pause of a walk. */
  readonly #deferred: (() => void)[] = [];
  #asyncOrder = 0;

  /** Whether any module of the graph has awaited or waited. */
  get hasWaited(): boolean {
    return this.#asyncOrder > 0;
  }

  /**
   * Evaluates a module and its imports.
   *
   * @returns undefined when all modules have run.
   * @throws the error of a module.
   */
  evaluate(root: ModuleRecord): Promise<void> | undefined {
    if (this.#paused !== undefined) return this.#paused.then(() => this.evaluate(root));
    if (!(root instanceof EsmRecord)) return this.#evaluateLeaf(root as LeafRecord);
    // In a cycle, either all modules have run or none.
    const first = root.cycleRoot ?? root;
    const pending = new Walk(first, this, false).run();
    if (pending === undefined) return completionOf(first);
    const resume = () => {
      this.#paused = undefined;
      for (const settle of this.#deferred.splice(0)) settle();
    };
    this.#paused = pending.then(resume, resume);
    return pending.then(() => completionOf(first));
  }

  /** Evaluates synchronously. @throws also when a module has a top-level `await`. */
  evaluateAtOnce(root: ModuleRecord): void {
    const waiting = findWaiting(root);
    if (waiting !== undefined) throw awaitsAtTop(waiting.file ?? waiting.id, root.file ?? root.id);
    if (root instanceof EsmRecord) void new Walk(root, this, true).run();
    else this.evaluateLeafAtOnce(root as LeafRecord);
  }

  evaluateLeafAtOnce(record: LeafRecord): void {
    if (record.state === 'failed') throw record.error;
    if (record.state === 'evaluated' || (record.state === 'evaluating' && !record.pending)) return;
    if (record.evaluateAtOnce === undefined) void this.#evaluateLeaf(record);
    else settleAtOnce(record, () => record.evaluateAtOnce!());
  }

  #evaluateLeaf(record: LeafRecord): Promise<void> | undefined {
    if (record.state === 'failed') throw record.error;
    if (record.state !== 'linked') return record.pending;
    const result = settleAtOnce(record, () => record.evaluate());
    if (result === undefined) return undefined;
    record.state = 'evaluating';
    record.pending = result.then(
      () => {
        record.pending = undefined;
        record.state = 'evaluated';
      },
      (error) => {
        record.pending = undefined;
        if (record.state === 'evaluated') return; // A `require()` has run the module in the meantime.
        record.state = 'failed';
        record.error = error;
        throw error;
      },
    );
    return record.pending;
  }

  /** Called by a walk: runs a module without imports. */
  visitLeaf(record: LeafRecord, isAtOnce: boolean): Promise<void> | undefined {
    if (!isAtOnce) return this.#evaluateLeaf(record);
    this.evaluateLeafAtOnce(record);
    return undefined;
  }

  /** Called by a walk after it has visited all imports of a module. */
  finish(record: EsmRecord): void {
    if (record.awaited.size === 0 && !record.source.isAsync) {
      this.#execute(record);
      return;
    }
    record.asyncOrder = this.#asyncOrder++;
    if (record.awaited.size === 0) this.#start(record);
  }

  #execute(record: EsmRecord): void {
    linkLateNames(record);
    record.execute();
  }

  #start(record: EsmRecord): void {
    const settle = (action: () => void) => {
      if (this.#paused === undefined) action();
      else this.#deferred.push(action);
    };
    const execute = () => {
      linkLateNames(record);
      return record.executeAsync();
    };
    attempt(execute).then(
      () => settle(() => this.#fulfil(record)),
      (error) => settle(() => this.#reject(record, error)),
    );
  }

  #fulfil(record: EsmRecord): void {
    if (record.state === 'failed') return;
    complete(record);
    for (const ready of availableAncestors(record)) {
      if (ready.state === 'failed') continue;
      if (ready.source.isAsync) {
        this.#start(ready);
        continue;
      }
      try {
        this.#execute(ready);
      } catch (error) {
        this.#reject(ready, error);
        continue;
      }
      complete(ready);
    }
  }

  #reject(record: EsmRecord, error: unknown): void {
    if (record.state === 'failed') return;
    fail(record, error);
    for (const parent of record.asyncParents) this.#reject(parent, error);
    record.rejectCompletion(error);
  }
}

/** One depth-first walk through the modules below a root. It finds the cycles on its way (Tarjan's algorithm). */
class Walk {
  readonly #evaluator: Evaluator;
  readonly #isAtOnce: boolean;
  /** The path from the root to the current module. It is a list and not a recursion, since graphs can be deep. */
  readonly #path: { readonly record: EsmRecord; next: number }[] = [];
  /** Modules whose cycle is not complete yet, in the order of their visits. */
  readonly #open: EsmRecord[] = [];

  constructor(root: EsmRecord, evaluator: Evaluator, isAtOnce: boolean) {
    this.#evaluator = evaluator;
    this.#isAtOnce = isAtOnce;
    if (root.state === 'failed') throw root.error;
    if (root.state === 'linked') this.#enter(root);
  }

  /** @returns a promise when the walk has to wait for a package. */
  run(): Promise<void> | undefined {
    try {
      for (let top = this.#path.at(-1); top !== undefined; top = this.#path.at(-1)) {
        const { record } = top;
        const dependency = record.dependencies[top.next++];
        // In tsc's output, an import in a CommonJS file is a `require()`.
        if (record.commonjs !== undefined && dependency !== undefined) adopt(record.commonjs, dependency);
        if (dependency === undefined) this.#leave(record);
        else if (dependency instanceof EsmRecord) this.#visit(record, dependency);
        else {
          const pending = this.#evaluator.visitLeaf(dependency as LeafRecord, this.#isAtOnce);
          if (pending !== undefined)
            return pending.then(
              () => this.run(),
              (error) => this.#abort(error),
            );
        }
      }
      return undefined;
    } catch (error) {
      return this.#abort(error);
    }
  }

  #enter(record: EsmRecord): void {
    record.state = 'evaluating';
    record.walk = this;
    record.index = this.#open.push(record) - 1;
    record.lowest = record.index;
    this.#path.push({ record, next: 0 });
  }

  #visit(record: EsmRecord, dependency: EsmRecord): void {
    if (dependency.state === 'linked') this.#enter(dependency);
    else this.#connect(record, dependency);
  }

  /** Called when a dependency has been visited. */
  #connect(record: EsmRecord, dependency: EsmRecord): void {
    let awaited = dependency;
    if (dependency.walk !== undefined) record.isInCycle = true;
    if (dependency.walk === this) record.lowest = Math.min(record.lowest, dependency.lowest);
    else {
      // A module of another walk has no root yet when it required this module.
      awaited = dependency.cycleRoot ?? dependency;
      if (awaited.state === 'failed') throw awaited.error;
    }
    if (awaited.asyncOrder !== undefined) record.wait(awaited);
  }

  #leave(record: EsmRecord): void {
    this.#evaluator.finish(record);
    this.#path.pop();
    if (record.lowest === record.index) this.#close(record);
    const parent = this.#path.at(-1);
    if (parent !== undefined) this.#connect(parent.record, record);
  }

  /** Closes a complete cycle. All modules that were visited after its root belong to it. */
  #close(root: EsmRecord): void {
    let record: EsmRecord;
    do {
      record = this.#open.pop()!;
      record.walk = undefined;
      record.cycleRoot = root;
      record.state = record.asyncOrder === undefined ? 'evaluated' : 'suspended';
    } while (record !== root);
  }

  #abort(error: unknown): never {
    for (const record of this.#open) fail(record, error);
    throw error;
  }
}

function attempt(action: () => Promise<void>): Promise<void> {
  try {
    return action();
  } catch (error) {
    return Promise.reject(error);
  }
}

function settleAtOnce<Result>(record: LeafRecord, evaluate: () => Result): Result {
  record.state = 'evaluating';
  try {
    const result = evaluate();
    record.state = 'evaluated';
    return result;
  } catch (error) {
    fail(record, error);
    throw error;
  }
}

function complete(record: EsmRecord): void {
  record.asyncOrder = undefined;
  record.state = 'evaluated';
  record.resolveCompletion();
}

function fail(record: ModuleRecord, error: unknown): void {
  record.state = 'failed';
  record.error = error;
}

function completionOf(record: EsmRecord): Promise<void> | undefined {
  if (record.state === 'failed') throw record.error;
  return record.state === 'suspended' ? record.cycleRoot!.completion : undefined;
}

/** The modules that can run after another one has ended, in the order of evaluation. */
function availableAncestors(record: EsmRecord): EsmRecord[] {
  const found: EsmRecord[] = [];
  const search = [record];
  for (const ended of search) {
    for (const parent of ended.asyncParents) {
      parent.stopWaiting(ended);
      if (found.includes(parent) || parent.cycleRoot?.state === 'failed') continue;
      if (parent.awaited.size > 0) continue;
      found.push(parent);
      if (!parent.source.isAsync) search.push(parent);
    }
  }
  return found.sort((a, b) => a.asyncOrder! - b.asyncOrder!);
}

/** The first module below a root that has not run yet and that `require()` would have to wait for. */
function findWaiting(root: ModuleRecord): ModuleRecord | undefined {
  const seen = new Set([root]);
  for (const record of seen) {
    if (record.state === 'evaluated' || record.state === 'failed') continue;
    if (record instanceof EsmRecord && record.source.isAsync) return record;
    for (const dependency of record.dependencies) seen.add(dependency);
  }
  return undefined;
}
