import { CommandError } from '../errors.ts';

/** The limit of a download. No template is that large. */
const MAX_MIB = 64;
const MAX_BYTES = MAX_MIB * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/**
 * Downloads an archive into memory, so that no file is left behind. @throws {CommandError} with the reason in one line
 */
export async function download(url: string): Promise<Buffer> {
  const hint = 'Is it the address of a .tar.gz, .tgz or .zip file that anybody may read?';
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    const { message, cause: reason } = cause as Error & { readonly cause?: Error };
    throw new CommandError(`Could not download '${url}': ${reason?.message || message}.`, { hint, cause });
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new CommandError(`Could not download '${url}': the server answered ${response.status}.`, { hint });
  }
  const blocks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const block of response.body) {
      length += block.length;
      if (length > MAX_BYTES)
        throw new CommandError(`Expected at most ${MAX_MIB} MiB at '${url}', found more.`);
      blocks.push(block);
    }
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    throw new CommandError(`Could not download '${url}': ${(cause as Error).message}.`, { hint, cause });
  }
  return Buffer.concat(blocks);
}
