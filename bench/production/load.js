/** The load processes of the benchmarks of production servers. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Runs strict-load.js. `done` resolves to what it counted. */
export function strictLoad(options) {
  const child = run('strict-load.js', options);
  return { done: nextLine(child) };
}

/** Runs idle-clients.js or slow-clients.js, and waits until all of its connections are there. */
export async function clients(script, options) {
  const child = run(script, options);
  await nextLine(child);
  return {
    /** Ends them. Resolves to what they have counted. */
    async end() {
      const counted = nextLine(child);
      child.kill('SIGTERM');
      return counted;
    },
  };
}

function run(script, options) {
  return spawn(process.execPath, [here(script), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function nextLine(child) {
  const [text] = await once(child.stdout, 'data');
  return JSON.parse(text);
}
