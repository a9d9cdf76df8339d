import module from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findSiteUrl, type SharedModules } from './shared-modules.ts';
import { shimSource } from './shim.ts';

/** The code of Node 20's hooks thread. It sends each question to the thread that imports. */
const HOOKS = `
  const waiting = [];
  let port;
  export function initialize(data) {
    port = data.port;
    port.on('message', (answer) => waiting.shift()(answer));
  }
  function ask(question) {
    return new Promise((resolve) => {
      waiting.push(resolve);
      port.postMessage(question);
    });
  }
  export async function resolve(specifier, context, nextResolve) {
    try {
      return await nextResolve(specifier, context);
    } catch (error) {
      const url = await ask({ specifier, parentURL: context.parentURL });
      if (url === undefined) throw error;
      return { url, shortCircuit: true };
    }
  }
  export async function load(url, context, nextLoad) {
    if (!/^file:(?!.*\\/node_modules\\/).*\\.[cm]?tsx?(?:[?#]|$)/.test(url)) return nextLoad(url, context);
    return { format: 'module', source: await ask({ url }), shortCircuit: true };
  }`;

type Question =
  | { readonly url: string }
  | { readonly specifier: string; readonly parentURL: string | undefined };

// Node 20 only: this file.
/** `module.registerHooks()` for Node 20 and early 22, in a thread or a child process. */
export function registerAsyncHooks(shared: () => SharedModules): void {
  // Loaded on demand: only threads and child processes need it.
  const threads = module.createRequire(import.meta.url)(
    'node:worker_threads',
  ) as typeof import('node:worker_threads');
  const { port1, port2 } = new threads.MessageChannel();
  port1.on('message', (question: Question) => port1.postMessage(answer(question, shared)));
  port1.unref();
  module.register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, {
    parentURL: pathToFileURL(process.cwd()),
    data: { port: port2 },
    transferList: [port2],
  });
}

function answer(question: Question, shared: () => SharedModules): string | undefined {
  if ('specifier' in question) return findSiteUrl(question.specifier, question.parentURL, shared);
  const file = fileURLToPath(question.url);
  try {
    return shimSource(file, shared().exportNames(file));
  } catch {
    return shimSource(file, []); // The module has an error. It is thrown again when the shim runs.
  }
}
