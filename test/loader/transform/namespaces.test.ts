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

describe('the blocks of a namespace share their exports, as in tsc', () => {
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
      'exports of a later block',
      'namespace N { export const early = () => late }\nnamespace N { export const late = 5 }\nexport const result = N.early()',
    ],
    [
      'exported namespaces',
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
      'assignments to variables of another block',
      `namespace N { export let b = 2; export let o: any = {} }
namespace N { b = 3; b += 1; b++; --b; b ??= 9; export const seen = [b]; [b] = [5]; seen.push(b); [...b as any] = [6]; seen.push(b); ({ b } = { b: 7 }); ({ x: b = 8, o } = { o: 1 } as any); seen.push(b); for (b of [10]); o = { b: b = 11 } }
namespace N { export const set = (value: number) => b = value; set(\`\${b = 12}; b = 1\`.length); export const text = "; b = 13; b++" }
export const result = [N.b, N.o, N.seen, N.text, N.set(14), N.b]`,
    ],
    [
      'assignments to other variables of that name',
      `namespace N { export let b = 2; export class K { b = 1; set(b: number) { b = 5; return b++ } } }
namespace N { { let b = 1; b = 2; b++ } export const f = (b = 3) => { b = 4; return b }; export class L { b = 1 } export const c = [f(), new L().b, { b: b }.b] ; b = 9 }
namespace N { let z = 1, b = 5; b = 6; export const d = z + b }
export const result = [N.b, N.c, N.d]`,
    ],
    [
      'comments at the end',
      `namespace N { export const a = 1; export let v = 1;
  // a comment
}
namespace N {
  export const b = a; v = 2
  /* a comment
     of two lines */
}
namespace N.M {
  export const c = 3
  // a comment
}
namespace N { export const d = b + v + M.c // a comment
}
export const result = [N]`,
    ],
    [
      'globals are unchanged',
      'namespace N { export const JSON = { stringify: () => "own" } }\nnamespace N { export const b = JSON.stringify() }\nexport const result = [N.b, JSON.stringify(1)]',
    ],
  ])('%s', async (_what, source) => {
    const { result } = await load({ 'entry.ts': source });
    expect(result).toEqual(byTsc(source));
  });

  test('an error in the second block has the line of the source', async () => {
    const error = await failure({
      'entry.ts':
        'namespace N { export const a = 1 }\n\ninterface T { a: 1 }\n\nnamespace N {\n  export const b = a;\n  throw new Error("x" + b);\n}',
    });
    expect(error.message).toMatch(/^entry\.ts:7:\d+: loading failed: Error: x1/);
  });
});
