import { setTimeout } from 'node:timers/promises';
import { FRAME_LINE } from '../../text/v8-stack.ts';
import { inspectorPort } from '../../worker/inspection/inspector-port.ts';
import { InspectorClient } from './inspector-client.ts';

/** On a machine with much load, a busy process may need more than 2 s for all answers. */
const TIMEOUT_MS = 5_000;
const RETRY_MS = 20;

const WHO = 1;
const ENABLE = 2;
const PAUSE = 3;
const WHERE = 4;
const DISABLE = 5;
const CLOSE = 6;
const HOW = 7;

/**
 * Evaluated in the worker, in the middle of the blocked code, so that the stack is mapped by the worker's own source
 * maps.
 */
const STACK = `(() => {
  const { Error } = globalThis, { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  try { return new Error().stack } finally { Error.stackTraceLimit = stackTraceLimit }
})()`;

/**
 * A production worker stores this function for the arbiter. It returns the requests in flight and the use of memory.
 */
const VITALS = "JSON.stringify(globalThis[Symbol.for('startproject.vitals')]?.())";

/**
 * Closes the inspector as soon as possible, since any user of this machine can control the process through it. It is
 * closed only after `Debugger.disable`, when the code runs again: in Node 20, a thread that is paused while its inspector
 * closes may stay paused for ever.
 */
const CLOSING = "process.getBuiltinModule('inspector').close()";

/** The data that was read from a blocked worker. */
interface StuckAt {
  /** The frames of the stack. */
  readonly stack: string;
  /** The worker's report as JSON, not yet checked. */
  readonly vitals: string | undefined;
}

/**
 * Reads where the main thread of a worker is, in lines of the source, even in an endless loop. Nothing has to run in a
 * worker for this, unlike with a watchdog thread.
 *
 * Node always writes `Debugger attached.` to the worker's stderr. `worker-output.ts` removes that line.
 *
 * @returns the frames. Undefined when no JavaScript runs: the thread waits in a native call, or a debugger has paused
 *   it.
 */
export async function readStack(pid: number, timeoutMs = TIMEOUT_MS): Promise<StuckAt | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  let client: InspectorClient | undefined;
  try {
    process.kill(pid, 'SIGUSR1');
    client = await connect(inspectorPort(pid), signal);
    return await pauseAndAsk(client, pid, signal);
  } catch {
    return undefined; // The process has ended in the meantime, or this user may not pause it.
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
      await setTimeout(RETRY_MS, undefined, { signal }); // The inspector needs a moment to start.
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

/** The frames without the message, the frame of our expression, and Node's frames. */
function userFrames(stack: string): string {
  const frames = stack.split('\n').filter((line) => FRAME_LINE.test(line));
  return frames.filter((line) => !/<anonymous>:\d+:\d+\)?$|[( ]node:/.test(line)).join('\n');
}
