import path from 'node:path';
import { build } from 'rolldown';
import type { Files } from '../_temp-folder.ts';
import { BUN, DENO, describeWith, type RealPart, WORKERD } from '../e2e/_real-parts.ts';
import { RUNTIMES, type Runtime, siteFolder } from '../e2e/_runtimes.ts';
import { APPLICATION_FILE, PORTABLE_APPLICATION_FILE } from './_application-file.ts';
import { BEHIND_FETCH } from './_behind-fetch.ts';
import { BEHIND_NODE } from './_listening.ts';
import type { Lacks, Served } from './_subject.ts';
import { testConformance } from './_suite.ts';

const SITE: Files = {
  'site.js': `
    import { toFetch } from 'startproject/adapters/fetch';
    import { application } from './application.js';
    const waitUntil = (work, request, env, context) => context?.waitUntil?.(work);
    export const handler = toFetch(application, { waitUntil });`,
};

/** What connections are like is for the runtime's own server to say, which gives us a Request of each. */
const OWN_SERVER = {
  wire: 'its own server makes a Request of the bytes',
  keepAlive: 'its own server has the connections',
  connection: 'its own server has the connections',
};

const USUAL_REASONS = 'its own server sends the usual reason phrases';
const LATE_HEAD = 'its own server sends the head when it has seen what follows the first block';
const BODY_FAILED = 'of a client that leaves in the middle of its body it says that the body has failed';

const LACKS = new Map<RealPart, Lacks>([
  [BUN, { ...OWN_SERVER, reasons: USUAL_REASONS, eager: LATE_HEAD }],
  [DENO, { ...OWN_SERVER, reasons: USUAL_REASONS, brokenBodies: BODY_FAILED }],
  [
    WORKERD,
    {
      ...OWN_SERVER,
      node: 'it has no files and no processes',
      eager: LATE_HEAD,
      headerBytes: 'it reads headers as UTF-8, and sends them so',
      departures: 'it notices that a client has gone when it sends',
      brokenBodies: BODY_FAILED,
    },
  ],
]);

/** Our own server of Node's requests, with `fromFetch()` before `toFetch()`. */
const NODE_LACKS: Lacks = { ...BEHIND_FETCH, connection: BEHIND_NODE };

for (const runtime of RUNTIMES) {
  describeWith(runtime.part, (program) => {
    testConformance({
      name: `toFetch() in ${runtime.name}`,
      lacks: LACKS.get(runtime.part) ?? NODE_LACKS,
      serve: () => serveIn(runtime, program),
    });
  });
}

// For the applications that collect garbage.
process.env.DENO_V8_FLAGS = '--expose-gc';

/** Serves all applications of the suite that run there, until it is closed. What is on stdout and stderr is its log. */
async function serveIn(runtime: Runtime, program: string): Promise<Served> {
  const ends: (() => void | Promise<void>)[] = [];
  const atEnd = (end: () => void | Promise<void>) => void ends.unshift(end);
  const folder = siteFolder(SITE, atEnd);
  await build({
    input: runtime.part === WORKERD ? PORTABLE_APPLICATION_FILE : APPLICATION_FILE,
    platform: 'neutral',
    external: /^node:/,
    logLevel: 'silent',
    output: { file: path.join(folder, 'application.js'), format: 'esm', codeSplitting: false },
  });
  const { program: running, url } = await runtime.serve(program, folder, atEnd);
  return {
    url: `${url}/`,
    port: Number(new URL(url).port),
    log: {
      get text() {
        return running.output;
      },
      saw: (pattern) => running.saw(pattern),
    },
    async close() {
      for (const end of ends) await end();
    },
  };
}
