import { builtinModules, isBuiltin } from 'node:module';
import path from 'node:path';
import { didYouMean } from '../../text/nearest.ts';
import { EXTENSIONS } from '../find-module.ts';
import { NotFound } from './not-found.ts';
import type { ResolveMode } from './resolution.ts';

/**
 * Builtins that the oldest supported Node lacks, with the first version that has each without a flag.
 *
 * @see https://nodejs.org/api/sqlite.html
 */
const LATER_BUILTINS: Readonly<Record<string, string>> = { 'node:sqlite': '22.13' };

/** Hints for URLs that other runtimes and bundlers load. */
const SCHEME_CURES: Readonly<Record<string, (rest: string) => string>> = {
  'bun:': (rest) =>
    rest === 'sqlite'
      ? "Only Bun has it. Node's own is 'node:sqlite'."
      : "Only Bun has it: use a package or a builtin of Node, such as 'node:test' for 'bun:test'.",
  'deno:': () => 'Only Deno has it: use a package or a builtin of Node.',
  'jsr:': (rest) =>
    `Install it with 'npx jsr add ${withoutVersion(rest)}', and import it by its name: '${withoutVersion(rest)}'.`,
  'npm:': (rest) => {
    const name = withoutVersion(rest);
    const [, packageName] = /^((?:@[^/]+\/)?[^/]+)/.exec(name) ?? [];
    return `Install it with 'npm install ${packageName}', and import it by its name: '${name}'.`;
  },
  'https:': () =>
    'Install the package from npm and import it by its name, or keep a copy of the file in the project.',
  'cloudflare:': () => 'Only Cloudflare Workers have it: use a package or a builtin of Node.',
};

/** Hints by file type: a site usually imports such a file because of a bundler, and this is the way without one. */
const CURES: readonly (readonly [endings: RegExp, cure: (name: string) => string])[] = [
  [
    /\.(?:css|scss|sass|less|styl)$/,
    (name) =>
      `Put ${name} into static/ and link it from the page by staticUrl('${name}') of 'startproject/static'. Only a bundler can import it.`,
  ],
  [
    /\.(?:svg|png|jpe?g|gif|webp|avif|ico|woff2?|ttf|otf|eot|mp[34]|webm|pdf)$/,
    (name) =>
      `Put ${name} into static/ and link it from the page by staticUrl('${name}') of 'startproject/static', or read it: readFileSync(new URL('./${name}', import.meta.url)).`,
  ],
  [
    /\.(?:ya?ml|toml|json5|jsonc|ini|xml|csv)$/,
    (name) =>
      `Read ${name} with readFileSync(new URL('./${name}', import.meta.url), 'utf8') and parse it with a package.`,
  ],
  [
    /\.(?:vue|svelte|astro|mdx)$/,
    (name) => `Compile ${name} to JavaScript first: that takes the framework's own compiler.`,
  ],
  [
    /\.node$/,
    (name) => `Load an addon by require: createRequire(import.meta.url)('./${name}'), of node:module.`,
  ],
  [
    /\.wasm$/,
    (name) => `Compile it: new WebAssembly.Module(readFileSync(new URL('./${name}', import.meta.url))).`,
  ],
];

const READ_IT = (name: string) =>
  `Read ${name} as a text: readFileSync(new URL('./${name}', import.meta.url), 'utf8').`;

/**
 * Checks that a file of the site can be imported. Node's `require()` treats unknown file types as JavaScript. So does this
 * loader, except for types that certainly are not JavaScript.
 *
 * @throws {NotFound}
 */
export function checkKind(file: string, mode: ResolveMode): void {
  const name = path.basename(file);
  const ending = path.extname(name);
  if (ending === '' || ending === '.json' || EXTENSIONS.some((extension) => extension === ending)) return;
  if (ending === '.node' && (mode === 'require' || hasFlag('--experimental-addon-modules'))) return;
  if (ending === '.wasm' && importsWasm()) return;
  const known = CURES.find(([endings]) => endings.test(name))?.[1];
  if (mode === 'require' && known === undefined && !/\.(?:html?|txt|md)$/.test(name)) return;
  throw new NotFound(`a ${ending} file is not a module`, {
    code: 'ERR_UNKNOWN_FILE_EXTENSION',
    hint: (known ?? READ_IT)(name),
  });
}

/** The error for a `node:` name that this version of Node does not have, or for a path below the name of a builtin. */
export function unknownBuiltin(name: string): NotFound {
  const since = LATER_BUILTINS[name];
  if (since !== undefined) {
    return new NotFound(`'${name}' needs Node ${since} or later; this is Node ${process.versions.node}`, {
      code: 'ERR_UNKNOWN_BUILTIN_MODULE',
      hint: 'Run the site with a later version of Node.',
      isSentence: true,
    });
  }
  const prefix = name.startsWith('node:') ? 'node:' : '';
  const names = builtinModules.map((builtin) => prefix + builtin.replace('node:', ''));
  return new NotFound(`Node ${process.versions.node} has no such module`, {
    // Without the prefix, Node searches for a package of that name.
    code: prefix ? 'ERR_UNKNOWN_BUILTIN_MODULE' : undefined,
    hint: didYouMean(name, names) ?? 'Another version of Node may have it, or a flag of it.',
  });
}

/** The builtin for a name without `node:`, when the builtin exists only with the prefix. */
export function prefixedBuiltin(name: string): string | undefined {
  const prefixed = `node:${name}`;
  return isBuiltin(prefixed) || prefixed in LATER_BUILTINS ? prefixed : undefined;
}

/** The error for a URL from which Node cannot load modules. */
export function unknownScheme(url: string): NotFound {
  const scheme = url.slice(0, url.indexOf(':') + 1);
  const cure = SCHEME_CURES[scheme === 'http:' ? 'https:' : scheme];
  return new NotFound(`Node loads no modules from ${scheme} URLs`, {
    code: 'ERR_UNSUPPORTED_ESM_URL_SCHEME',
    hint: cure?.(url.slice(scheme.length)) ?? "Only 'file:', 'data:' and 'node:' can be imported.",
  });
}

/** Removes the version: `@std/assert@1` is `@std/assert`, `zod@3/v4` is `zod/v4`. */
function withoutVersion(name: string): string {
  return name.replace(/^\/?(@?[^@]+)@[^/]*/, '$1');
}

/** Whether this Node can import WebAssembly. Node 24.5 and 22.19 need no flag for it. */
function importsWasm(): boolean {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  if (hasFlag('--experimental-wasm-modules')) return true;
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 19);
}

function hasFlag(flag: string): boolean {
  return process.execArgv.includes(flag) || (process.env.NODE_OPTIONS?.split(' ').includes(flag) ?? false);
}
