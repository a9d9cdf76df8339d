import { setTimeout } from 'node:timers/promises';
import { FRAME_LINE } from '../../text/v8-stack.ts';
import { inspectorPort } from '../../worker/inspection/inspector-port.ts';
import { InspectorClient } from './inspector-client.ts';

/** On a machine where much else runs, more than 2 s may pass until a busy process has answered all of the questions. */
const TIMEOUT_MS = 5_000;
const RETRY_MS = 20;

const WHO = 1;
const ENABLE = 2;
const PAUSE = 3;
const WHERE = 4;
const DISABLE = 5;
const CLOSE = 6;
const HOW = 7;

/** Evaluated in the worker, in the middle of the code that hangs, so that the worker's own source maps are used. */
const STACK = `(() => {
  const { Error } = globalThis, { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  try { return new Error().stack } finally { Error.stackTraceLimit = stackTraceLimit }
})()`;

/** What a production worker has stored to be read here: its requests in flight, its memory. */
const VITALS = "JSON.stringify(globalThis[Symbol.for('startproject.vitals')]?.())";

/**
 * Any user of this machine can control the process through the inspector, so it is closed as soon as possible. It is closed
 * only when the code runs again: a thread that is paused while its inspector closes may stay paused for ever (Node 20).
 */
const CLOSING = "process.getBuiltinModule('inspector').close()";

/** The data that could be read from a blocked worker. */
interface StuckAt {
  /** The frames. */
  readonly stack: string;
  /** Its report about itself, as JSON that is not checked yet. */
  readonly vitals: string | undefined;
}

/**
 * Where the main thread of a worker is, in lines of the source, even in an endless loop. A worker that does not hang pays
 * nothing for it, unlike with a watching thread in each worker.
 *
 * Node says `Debugger attached.` on the worker's stderr, always; `worker-output.ts` leaves that out.
 *
 * @returns the frames, or undefined when no JavaScript runs: the thread waits in a native call, or a debugger holds it.
 */
export async function readStack(pid: number, timeoutMs = TIMEOUT_MS): Promise<StuckAt | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  let client: InspectorClient | undefined;
  try {
    process.kill(pid, 'SIGUSR1');
    client = await connect(inspectorPort(pid), signal);
    return await pauseAndAsk(client, pid, signal);
  } catch {
    return undefined; // It has ended meanwhile, or it is not ours to pause.
  } finally {
    client?.close();
  }
}

async function connect(port: number, signal: AbortSignal): Promise<InspectorClient> {
  for (;;) {
    try {
      return await InspectorClient.connect(port, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      await setTimeout(RETRY_MS, undefined, { signal }); // It takes a moment to start.
    }
  }
}

function pauseAndAsk(client: InspectorClient, pid: number, signal: AbortSignal): Promise<StuckAt> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    let stack = '';
    let vitals: string | undefined;
    client.onMessage = ({ id, method, result }) => {
      const value = result?.result?.value;
      if (id === WHO && value === pid) {
        client.send(ENABLE, 'Debugger.enable');
        client.send(PAUSE, 'Debugger.pause');
      } else if (id === WHO) {
        reject(new Error('Another process has the port.'));
      } else if (method === 'Debugger.paused') {
        client.send(WHERE, 'Runtime.evaluate', { expression: STACK });
      } else if (id === WHERE) {
        stack = userFrames(String(value));
        client.send(HOW, 'Runtime.evaluate', { expression: VITALS });
      } else if (id === HOW) {
        vitals = typeof value === 'string' ? value : undefined;
        client.send(DISABLE, 'Debugger.disable');
      } else if (id === DISABLE) {
        client.send(CLOSE, 'Runtime.evaluate', { expression: CLOSING });
        resolve({ stack, vitals });
      }
    };
    client.send(WHO, 'Runtime.evaluate', { expression: 'process.pid' });
  });
}

/** The frames without the message, our own expression, and Node's frames at the end. */
function userFrames(stack: string): string {
  const frames = stack.split('\n').filter((line) => FRAME_LINE.test(line));
  return frames.filter((line) => !/<anonymous>:\d+:\d+\)?$|[( ]node:/.test(line)).join('\n');
}
