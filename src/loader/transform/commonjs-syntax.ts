import { codeFrame, positionAt } from '../../files/code-frame.ts';
import { SourceSyntaxError } from '../failures/module-errors.ts';
import type { TransformInput } from './transform-input.ts';

const EXPORT_EQUALS = /^[ \t]*export[ \t]*=(?![=>])/m;
/** A quick check that excludes most sources. The other expressions are anchored at each line, and much slower. */
const MAY_EXPORT_EQUALS = /\bexport[ \t]*=/;
const IMPORT_REQUIRE = /^[ \t]*(?:export[ \t]+)?import[ \t]+[\w$]+[ \t]*=[ \t]*require[ \t]*\(/m;

/**
 * Treats a file with `export =` as CommonJS, unless its extension or package.json says otherwise.
 *
 * @throws {SourceSyntaxError} for `export =` in an ES module, as in tsc.
 */
export function withCommonjsSyntax(input: TransformInput): TransformInput {
  const { file, source, kind } = input;
  if (!/\.[cm]?tsx?$/.test(file) || kind === 'cjs') return input;
  if (!MAY_EXPORT_EQUALS.test(source)) return input;
  const offset = source.search(EXPORT_EQUALS);
  if (offset < 0 || isInText(source, offset)) return input;
  if (kind === undefined) return { ...input, kind: 'cjs' };
  const location = { file, ...positionAt(source, source.indexOf('export', offset)) };
  const hint = "Write 'export default', or name the file .cts if it is to be CommonJS.";
  throw new SourceSyntaxError(
    "'export =' cannot be in an ES module",
    location,
    codeFrame(location, source),
    hint,
  );
}

/** Whether an ES module has `import a = require()` and no `require` of its own. */
export function requires(source: string, code: string): boolean {
  return (
    IMPORT_REQUIRE.test(source) &&
    / = require\(/.test(code) &&
    !/\b(?:const|let|var|function) require\b/.test(code)
  );
}

/**
 * Whether an offset is in a comment or a template: an odd number of delimiters is before it. The result is wrong only
 * in rare cases.
 */
function isInText(source: string, offset: number): boolean {
  const before = source.slice(0, offset);
  const count = (text: string) => before.split(text).length - 1;
  return count('`') % 2 === 1 || count('/*') > count('*/');
}
