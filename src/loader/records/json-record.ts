import { codeFrame, positionAt } from '../../files/code-frame.ts';
import { SourceSyntaxError } from '../failures/module-errors.ts';
import { findSyntaxError } from '../transform/transform.ts';
import type { EvaluationState, LeafRecord, ModuleRecord, Namespace } from './module-record.ts';

/** A JSON file. Its value is the default export. The properties of an object are named exports too. */
export class JsonRecord implements LeafRecord {
  readonly id: string;
  readonly file: string;
  readonly dependencies: readonly ModuleRecord[] = [];
  readonly hasStaticNames = true;
  state: EvaluationState = 'evaluated';
  readonly namespace: Namespace;

  /** @throws {SourceSyntaxError} */
  constructor(id: string, file: string, source: string) {
    this.id = id;
    this.file = file;
    const value = parseJson(file, source);
    const named = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
    this.namespace = Object.freeze(Object.assign(Object.create(null), named, { default: value }));
  }

  evaluate(): void {}
}

function parseJson(file: string, source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    const offset = findSyntaxError(`(${source}\n)`);
    const location = { file, ...(offset !== undefined && positionAt(source, offset - 1)) };
    const [what] = (error as SyntaxError).message.split(/, (?:\.{3})?"| in JSON at /);
    throw new SourceSyntaxError(what!, location, codeFrame(location, source));
  }
}
