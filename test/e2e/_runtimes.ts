import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { type AtEnd, type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { Program } from './_program.ts';
import { BUN, DENO, NODE_22, NODE_24, NODE_26, type RealPart, WORKERD } from './_real-parts.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** A JavaScript runtime, and how it serves a fetch handler. */
export interface Runtime {
  readonly name: string;
  readonly part: RealPart;
  /** Whether it has Node's modules, and with them error pages that show source code and modules by dotted paths. */
  readonly hasNodeModules: boolean;
  /** Serves `handler`, which `site.js` of the folder exports, until the test is over, or `atEnd` calls back. */
  serve(
    program: string,
    folder: string,
    atEnd?: AtEnd,
  ): Promise<{ readonly program: Program; readonly url: string }>;
}

/** A folder with these files in it, whose `startproject` is this package. */
export function siteFolder(files: Files, atEnd?: AtEnd): string {
  const folder = temporaryFolder({ 'package.json': '{ "type": "module" }', ...files }, atEnd);
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(CHECKOUT, path.join(folder, 'node_modules/startproject'));
  return folder;
}

async function start(
  program: string,
  args: readonly string[],
  folder: string,
  atEnd: AtEnd | undefined,
  told = /listening on (\d+)/,
) {
  const running = new Program(program, args, folder, atEnd);
  const [, port] = await running.saw(told);
  return { program: running, url: `http://127.0.0.1:${port}` };
}

function node(name: string, part: RealPart): Runtime {
  return {
    name,
    part,
    hasNodeModules: true,
    async serve(program, folder, atEnd) {
      writeFiles(folder, {
        'serve.js': `
          import { createServer } from 'node:http';
          import { fromFetch } from 'startproject/adapters/fetch';
          import { toNodeHandler } from 'startproject/adapters/node';
          import { handler } from './site.js';
          const server = createServer(toNodeHandler(fromFetch(handler)));
          server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port));`,
      });
      return start(program, ['serve.js'], folder, atEnd);
    },
  };
}

const bun: Runtime = {
  name: 'Bun',
  part: BUN,
  hasNodeModules: true,
  async serve(program, folder, atEnd) {
    writeFiles(folder, {
      'serve.js': `
        import { handler } from './site.js';
        const limits = { idleTimeout: 30, maxRequestBodySize: 2 ** 31 };
        const server = Bun.serve({ port: 0, hostname: '127.0.0.1', ...limits, fetch: handler });
        console.log('listening on ' + server.port);`,
    });
    return start(program, ['serve.js'], folder, atEnd);
  },
};

const deno: Runtime = {
  name: 'Deno',
  part: DENO,
  hasNodeModules: true,
  async serve(program, folder, atEnd) {
    writeFiles(folder, {
      'serve.js': `
        import { handler } from './site.js';
        const onListen = ({ port }) => console.log('listening on ' + port);
        Deno.serve({ port: 0, hostname: '127.0.0.1', onListen }, handler);`,
    });
    return start(program, ['run', '--allow-all', '--no-prompt', 'serve.js'], folder, atEnd);
  },
};

/** With these compatibility flags. It loads one module, which a bundler has made as it does for Workers. */
function workerd(name: string, flags: readonly string[], hasNodeModules: boolean): Runtime {
  return {
    name,
    part: WORKERD,
    hasNodeModules,
    async serve(program, folder, atEnd) {
      writeFiles(folder, {
        'worker.js': "import { handler } from './site.js'; export default { fetch: handler };",
        'config.capnp': `
          using Workerd = import "/workerd/workerd.capnp";
          const config :Workerd.Config = (
            services = [(name = "main", worker = .worker)],
            sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
          );
          const worker :Workerd.Worker = (
            modules = [(name = "worker", esModule = embed "bundle.js")],
            compatibilityDate = "2026-01-01",
            compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(', ')}],
          );`,
      });
      await build({
        cwd: folder,
        input: 'worker.js',
        platform: 'neutral',
        resolve: { conditionNames: ['workerd', 'import'] },
        logLevel: 'silent',
        output: { file: path.join(folder, 'bundle.js'), format: 'esm', codeSplitting: false },
      });
      return start(program, ['serve', '--control-fd=1', 'config.capnp'], folder, atEnd, /"port":(\d+)/);
    },
  };
}

const OTHER_NODES = { 22: NODE_22, 24: NODE_24, 26: NODE_26 };
const NODE: RealPart = { name: 'this Node', file: process.execPath, remedy: '' };

export const RUNTIMES: readonly Runtime[] = [
  node('this Node', NODE),
  // Each version once.
  ...([22, 24, 26] as const)
    .filter((major) => !process.version.startsWith(`v${major}.`))
    .map((major) => node(`Node ${major}`, OTHER_NODES[major])),
  bun,
  deno,
  workerd('workerd', [], false),
  workerd('workerd with nodejs_als', ['nodejs_als'], false),
  workerd('workerd with nodejs_compat', ['nodejs_compat'], true),
];
