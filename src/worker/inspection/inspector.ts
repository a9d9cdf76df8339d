import { setTimeout } from 'node:timers/promises';
import { nativeImport } from '../../loader/imports/native-import.ts';

const RETRY_MS = 20;
const TIMEOUT_MS = 2_000;

/**
 * Opens the inspector at `host:port`. The last worker closes it when it retires, so the port may become free only after
 * a moment.
 */
export async function openInspector(address: string, writeError: (text: string) => void): Promise<void> {
  const inspector = await nativeImport<typeof import('node:inspector')>('node:inspector');
  if (inspector.url() !== undefined) return; // A flag of Node has opened the inspector.
  const colon = address.lastIndexOf(':');
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    inspector.open(Number(address.slice(colon + 1)), address.slice(0, colon));
    const url = inspector.url();
    if (url !== undefined) writeError(`Debugger listening on ${url}\n`);
    if (url !== undefined || Date.now() > deadline) return;
    await setTimeout(RETRY_MS);
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
