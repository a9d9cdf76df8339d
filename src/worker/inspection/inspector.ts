import { setTimeout } from 'node:timers/promises';
import { nativeImport } from '../../loader/imports/native-import.ts';

const RETRY_MS = 20;
const TIMEOUT_MS = 2_000;

/** Opens the inspector at `host:port`. The last worker gives the port up as it retires, which may be a moment from now. */
export async function openInspector(address: string, writeError: (text: string) => void): Promise<void> {
  const inspector = await nativeImport<typeof import('node:inspector')>('node:inspector');
  if (inspector.url() !== undefined) return; // Node's own flag has opened it.
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

/** @param port Only if it listens there: elsewhere it is not ours to close. */
export async function closeInspector(port?: number): Promise<void> {
  const inspector = await nativeImport<typeof import('node:inspector')>('node:inspector');
  if (port === undefined || inspector.url()?.includes(`:${port}/`)) inspector.close();
}

/** Whether a debugger may attach to this process already. */
export async function isInspectorOpen(): Promise<boolean> {
  const inspector = await nativeImport<typeof import('node:inspector')>('node:inspector');
  return inspector.url() !== undefined;
}
