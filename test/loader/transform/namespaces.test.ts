import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { failure, load } from '../_site.ts';

const typescript: typeof import('typescript-5') = createRequire(import.meta.url)('typescript-5');

/** What tsc makes of a source that sets `result`. */
function byTsc(source: string): unknown {
  const { ScriptTarget, ModuleKind } = typescript;
  const compilerOptions = { target: ScriptTarget.ES2022, module: ModuleKind.CommonJS };
  const { outputText } = typescript.transpileModule(source, { compilerOptions });
  const exports: { result?: unknown } = {};
  new Function('exports', outputText)(exports);
  return exports.result;
}

describe('the blocks of a namespace share what they export, as with tsc', () => {
  test.each([
    [
      'constants and functions',
      'namespace N { export const a = 1; export function f() { return a } }\nnamespace N { export const b = a + f(); export const c = () => ({ a }); export const d = N.a }\nexport const result = [N.b, N.c(), N.d]',
    ],
    [
      'classes, enums and inner namespaces',
      'namespace N { export enum E { A = 7 } export class C { x = 1 } export namespace I { export const i = 2 } }\nnamespace N { export const e = E.A; export class D extends C {} export const i = I.i; export const t: C = new C() }\nexport const result = [N.e, new N.D().x, N.i, N.t.x]',
    ],
    [
      'dotted names',
      'namespace A.B { export const x = 1 }\nnamespace A.B { export const y = x + 1 }\nnamespace A { export const q = B.x + B.y }\nexport const result = [A.B.y, A.q]',
    ],
    [
      'names of its own come first',
      'const a = "outer";\nnamespace N { export const a = 1, b = 2 }\nnamespace N { const b = "own"; export const c = [a, b]; export const d = ((a: string) => a)("parameter"); { const a = "block"; c.push(a) } }\nexport const result = [N.c, N.d, a]',
    ],
    [
      'a class with two',
      'class K { static s = 1 }\nnamespace K { export const y = 2 }\nnamespace K { export const z = y + K.s }\nexport const result = K.z',
    ],
    [
      'a function with two',
      'function F() { return F.y }\nnamespace F { export const y = 2 }\nnamespace F { export const z = y + F() }\nexport const result = F.z',
    ],
    [
      'variables that change',
      'namespace N { export let n = 0, m: number; export function inc() { n++; m = n } export var v = 1 }\nN.inc();\nN.inc();\nN.v = 5;\nexport const result = [N.n, N.m, N.v, { ...N }.n]',
    ],
    [
      'variables in patterns and in inner namespaces',
      'namespace N { export let { a, b: [c] } = { a: 1, b: [2] }; export namespace I { export let z = 1; z++; export const f = () => z++ } c += a }\nnamespace N { export const all = [a, c, I.z, I.f(), I.z] }\nexport const result = N.all',
    ],
    [
      'what comes later',
      'namespace N { export const early = () => late }\nnamespace N { export const late = 5 }\nexport const result = N.early()',
    ],
    [
      'exported ones',
      'export namespace N { export const a = 1 }\nexport namespace N { export const b = a; export type T = typeof a }\nexport const result = N.b',
    ],
    [
      'exported patterns',
      'namespace N { export const { p, q: [w] } = { p: 1, q: [2] } }\nnamespace N { export const s = p + w }\nexport const result = N.s',
    ],
    [
      'the text of a template',
      `namespace N { export const a = 1 }\nnamespace N { export const b = \`a \${a}\n\ta\`; export namespace I { export const c = \`\n\${a}\n\`; } }\nexport const result = N.b + N.I.c`,
    ],
    [
      'globals stay',
      'namespace N { export const JSON = { stringify: () => "own" } }\nnamespace N { export const b = JSON.stringify() }\nexport const result = [N.b, JSON.stringify(1)]',
    ],
  ])('%s', async (_what, source) => {
    const { result } = await load({ 'entry.ts': source });
    expect(result).toEqual(byTsc(source));
  });

  test('an error in the second block has its line', async () => {
    const error = await failure({
      'entry.ts':
        'namespace N { export const a = 1 }\n\ninterface T { a: 1 }\n\nnamespace N {\n  export const b = a;\n  throw new Error("x" + b);\n}',
    });
    expect(error.message).toMatch(/^entry\.ts:7:\d+: loading failed: Error: x1/);
  });
});
