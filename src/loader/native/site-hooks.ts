import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../../files/package-root.ts';
import { isInstalled } from '../sources/installed-packages.ts';
import { registerAsyncHooks } from './node-20-hooks.ts';
import { findSiteUrl, type SharedModules } from './shared-modules.ts';
import { shimSource } from './shim.ts';

interface HookOptions {
  /** Called at the first file, since many threads never import one. */
  readonly shared: () => SharedModules;
  /** Whether this is a thread or a child process that the site has started. */
  readonly isDescendant: boolean;
}

interface HookContext {
  readonly conditions: readonly string[];
  readonly parentURL?: string;
}

interface Hooks {
  resolve(specifier: string, context: HookContext, next: NextHook): unknown;
  load(url: string, context: HookContext, next: NextHook): unknown;
}

type NextHook = (specifierOrUrl: string, context?: HookContext) => unknown;

/** Part of Node since 22.15 and 23.5. The installed types are those of Node 20, which lack it. */
type RegisterHooks = (hooks: Hooks) => void;

const SOURCE_URL = /^file:.*\.[cm]?[jt]sx?(?:[?#]|$)/;
const TYPESCRIPT = /\.[cm]?tsx?$/;

/**
 * Makes Node's own loader take the site's modules from our graph. So a package that imports a file of the site gets the
 * same instance as the site, TypeScript included, and the file is reported as read. Node before 22.15 has no
 * synchronous hooks: there, packages in a worker can `require()` TypeScript but not `import()` it. Its threads and
 * child processes can do both.
 *
 * @see https://nodejs.org/api/module.html#moduleregisterhooksoptions
 */
export function installSiteHooks({ shared, isDescendant }: HookOptions): void {
  const { registerHooks } = module as unknown as { registerHooks?: RegisterHooks };
  if (registerHooks !== undefined) {
    registerHooks(syncHooks(shared));
    return;
  }
  extendRequire(shared);
  if (isDescendant) registerAsyncHooks(shared);
}

function syncHooks(shared: () => SharedModules): Hooks {
  return {
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        const url = findSiteUrl(specifier, context.parentURL, shared);
        if (url === undefined) throw error;
        return { url, shortCircuit: true };
      }
    },
    load(url, context, nextLoad) {
      const file = sharedFile(url, shared);
      if (file === undefined) return nextLoad(url, context);
      const isRequired = context.conditions.includes('require');
      const source = shimSource(file, isRequired ? undefined : shared().exportNames(file));
      return { format: isRequired ? 'commonjs' : 'module', source, shortCircuit: true };
    },
  };
}

/**
 * The file that our graph provides for a URL. Node loads JavaScript itself, unless the site has loaded that file: there
 * must be only one instance.
 */
function sharedFile(url: string, shared: () => SharedModules): string | undefined {
  if (!SOURCE_URL.test(url)) return undefined;
  const file = fileURLToPath(url);
  if (isInstalled(file)) return undefined;
  return TYPESCRIPT.test(file) || shared().isLoaded(file) ? file : undefined;
}

// Node 20 only: this function and its call.
/**
 * `require()` of TypeScript in Node 20 and early 22. `require.extensions` is deprecated, but these versions have no
 * other way.
 */
function extendRequire(shared: () => SharedModules): void {
  const { extensions } = module.createRequire(PACKAGE_ROOT);
  for (const extension of ['.ts', '.tsx', '.mts', '.cts']) {
    extensions[extension] = (target, file) => {
      target.exports = shared().requireFile(file);
    };
  }
}
