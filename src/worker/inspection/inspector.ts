import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { nativeImport } from '../../loader/imports/native-import.ts';

interface InspectorReport {
  /** @default nothing: Node itself prints the URL, unless it was told otherwise */
  readonly onOpened?: (url: string) => void;
  /** Called with a sentence when the port is still in use after some time. */
  readonly onTaken: (text: string) => void;
}

const RETRY_MS = 20;
const TIMEOUT_MS = 2_000;

/**
 * Opens the inspector at `host:port`. The last worker closes it when it retires, so the port may become free only after
 * a moment. `inspector.open()` prints a line for each failure, so it is called when the port is free.
 */
export async function openInspector(address: string, report: InspectorReport): Promise<void> {
  const inspector = await nativeImport<typeof import('node:inspector')>('node:inspector');
  if (inspector.url() !== undefined) return; // A flag of Node has opened the inspector.
  const colon = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, colon), Number(address.slice(colon + 1))];
  const deadline = Date.now() + TIMEOUT_MS;
  while (await isTaken(host, port)) {
    if (Date.now() > deadline) {
      report.onTaken(
        `No debugger can attach: ${address} is in use. Name another port: --inspect 0 takes a free one.`,
      );
      return;
    }
    await setTimeout(RETRY_MS);
  }
  inspector.open(port, host);
  const url = inspector.url();
  if (url !== undefined) report.onOpened?.(url);
}

async function isTaken(host: string, port: number): Promise<boolean> {
  if (port === 0) return false;
  const server = createServer().listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port });
  try {
    await once(server, 'listening');
    return false;
  } catch (error) {
    // Node reports the other errors when it opens the inspector.
    return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  } finally {
    server.close();
  }
}

/**
 * Closes the inspector. @param port Only an inspector at this port is closed: another one was not opened by the
 * arbiter.
 */
export async function closeInspector(port?: number): Promise<void> {
  const inspector = await nativeImport<typeof import('node:inspector')>('node:inspector');
  if (port === undefined || inspector.url()?.includes(`:${port}/`)) inspector.close();
}

/** Whether a debugger can attach to this process. */
export async function isInspectorOpen(): Promise<boolean> {
  const inspector = await nativeImport<typeof import('node:inspector')>('node:inspector');
  return inspector.url() !== undefined;
}
