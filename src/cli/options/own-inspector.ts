import { hasInspector } from '../../arbiter/worker-flags.ts';

/**
 * Node's own flag opens the inspector of this process, which runs nothing of the site's.
 *
 * @param inspect What `--inspect` of the command says, if it is given.
 */
export async function seeToInspector(
  { inspect }: { readonly inspect?: string | true },
  notice: (text: string) => void,
): Promise<void> {
  if (!hasInspector(process.execArgv, process.env)) return;
  if (inspect === undefined) {
    notice("Node's --inspect is for runserver's own process. To debug the site: runserver --inspect");
  } else {
    const { closeInspector } = await import('../../worker/inspection/inspector.ts');
    await closeInspector(); // It may have the very port.
  }
}
