import util from 'node:util';
import vm from 'node:vm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { StackTraces } from '../../../src/loader/positions/stack-trace.ts';
import { transform } from '../../../src/loader/transform/transform.ts';
import { createSite, load } from '../_site.ts';

const FILE = '/site/mysite/a.ts';

// `install` is for the whole process.
beforeEach(() => {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  onTestFinished(() => {
    Reflect.deleteProperty(Error, 'prepareStackTrace');
    if (before !== undefined) Object.defineProperty(Error, 'prepareStackTrace', before);
  });
});

/** The stack of what the first export of a TypeScript module throws when it is called. */
function stackOf(source: string, file = FILE): string {
  const traces = new StackTraces();
  traces.install();
  const module = transform({ file, source, kind: 'esm', options: {} });
  traces.register(file, module);
  const run = new vm.Script(module.code, {
    filename: file,
    lineOffset: module.lineOffset,
  }).runInThisContext();
  let exports: Record<string, () => void> = {};
  const link = (locals: typeof exports) => {
    exports = locals;
  };
  const body = run({ prototype: null, link });
  body.next();
  body.next([]);
  try {
    const [call] = Object.values(exports);
    call!();
  } catch (error) {
    return (error as Error).stack!;
  }
  throw new Error('It threw nothing.');
}

describe('a stack trace', () => {
  test('has the line and the column of the source', () => {
    const stack = stackOf(
      'interface Gone {\n  a: string;\n}\n\nexport function fail(this: void, a?: Gone): never {\n  throw new TypeError("no");\n}',
    );
    expect(stack.split('\n').slice(0, 2)).toEqual(['TypeError: no', `    at fail (${FILE}:6:9)`]);
  });

  test('has the places of code with rewritten imports and exports', () => {
    const stack = stackOf(
      'export default () => {\n  const x = 1;\n  inner(x);\n};\nfunction inner(_: number) {\n  null!.x;\n}',
    );
    expect(stack).toMatch(
      /^TypeError: .*\n {4}at inner \(\/site\/mysite\/a\.ts:6:\d+\)\n {4}at .*\/site\/mysite\/a\.ts:3:3/,
    );
  });

  test('has the places of code after TypeScript syntax that takes other lines', () => {
    const stack = stackOf(
      'enum A { B = 1, C }\nnamespace N {\n  export const x = A.B;\n}\nexport const f = () => {\n  throw new Error(String(N.x));\n};',
    );
    expect(stack).toContain(`${FILE}:6:9`);
  });

  test('has the places of a file whose name has a space, parentheses and a dollar sign', () => {
    const file = '/site/my site (copy)/$&.ts';
    expect(stackOf('type A = 1;\nexport function f() {\n  throw new Error("no");\n}', file)).toContain(
      `at f (${file}:3:9)`,
    );
  });

  test('of other files is unchanged', () => {
    new StackTraces().install();
    expect(new Error('no').stack).toMatch(/^Error: no\n {4}at .*stack-trace\.test\.ts:\d+:\d+/);
  });

  test('begins with the text of the error', () => {
    new StackTraces().install();
    const error = Object.assign(new Error('two\nlines'), { name: 'Custom' });
    expect(error.stack).toMatch(/^Custom: two\nlines\n {4}at /);
  });

  test('of an error that cannot be printed has its frames', () => {
    new StackTraces().install();
    class Sly extends Error {
      override get name(): string {
        throw new Error('not telling');
      }
    }
    expect(new Sly('no').stack).toMatch(/^<error>\n {4}at /);
  });

  test('of a module that fails to load has no frames of the loader', async () => {
    const { loader, root } = createSite({
      'entry.ts': `import './fail.ts'`,
      'fail.ts': 'export const stack = new Error("no").stack!.split("\\n").slice(1)\nthrow { stack }',
    });
    const { cause } = await loader.importModule('entry').catch((error) => error);
    expect(cause.stack[0]).toContain(`${root}/fail.ts:1:22`);
    expect(cause.stack.filter((frame: string) => /src\/loader/.test(frame))).toEqual([]);
  });
});

describe('the place in the source', () => {
  test('is unchanged for code that was not transformed', () => {
    expect(new StackTraces().original(FILE, 3, 4)).toEqual({ file: FILE, line: 3, column: 4 });
  });

  test('is unchanged for code without source maps', () => {
    const traces = new StackTraces();
    traces.register(FILE, { mappings: [], replacements: [], lineOffset: 0 });
    expect(traces.original(FILE, 3, 4)).toEqual({ file: FILE, line: 3, column: 4 });
  });

  test('is in the code that was registered last', () => {
    const traces = new StackTraces();
    const source = 'type A = 1;\n\n\nexport const a = 1;';
    const module = transform({ file: FILE, source, kind: 'esm', options: {} });
    const line = module.lineOffset + 2;
    traces.register(FILE, module);
    expect(traces.original(FILE, line, 1).line).toBe(4);
    traces.register(FILE, { mappings: [], replacements: [], lineOffset: 0 });
    expect(traces.original(FILE, line, 1).line).toBe(line);
  });
});

describe('call sites in the site’s code', () => {
  /** Lines before the code that the transform leaves out. */
  const TYPES = 'interface Of {\n  several: string;\n}\n\n';

  test('have the lines of the source in a hook that a program sets', async () => {
    const { result } = await load({
      'entry.ts': `${TYPES}import { callSites } from './call-sites.ts';\nfunction here() {\n  return callSites();\n}\nexport const result = here();`,
      'call-sites.ts': `${TYPES}export function callSites() {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, sites) => sites;
  const sites = new Error().stack as unknown as NodeJS.CallSite[];
  Error.prepareStackTrace = before;
  return sites.slice(0, 3).map((site) => [site.getFunctionName(), site.getLineNumber(), site.getColumnNumber(), String(site).replace(/\\(.*\\//, '('), site.isConstructor()]);
}`,
    });
    expect(result).toEqual([
      ['callSites', 8, 17, 'callSites (call-sites.ts:8:17)', false],
      ['here', 7, 10, 'here (entry.ts:7:10)', false],
      [null, 9, 23, expect.stringContaining('entry.ts:9:23'), false],
    ]);
  });

  test('stack traces have the lines of the source again after a program has removed its hook', async () => {
    const { result } = await load({
      'entry.ts': `${TYPES}Error.prepareStackTrace = () => 'own';\nconst own = new Error().stack;\nError.prepareStackTrace = undefined;\nexport const result = [own, /entry.ts:\\d+/.exec(new Error().stack!)![0]];`,
    });
    expect(result).toEqual(['own', 'entry.ts:8']);
  });

  test.runIf('getCallSites' in util)('have the lines of the source in util.getCallSites()', async () => {
    const { result } = await load({
      'entry.ts': `${TYPES}import util, { getCallSites } from 'node:util';\nfunction here() {\n  return [getCallSites(2)[0], util.getCallSites()[0]];\n}\nexport const result = here().map((site) => [site.functionName, site.lineNumber]);`,
    });
    expect(result).toEqual([
      ['here', 7],
      ['here', 7],
    ]);
  });
});
