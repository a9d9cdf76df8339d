import { hasInspector } from '../../arbiter/worker-flags.ts';

/**
 * Handles Node's own flag for the inspector. It opens the inspector of this process, which runs no code of the site.
 *
 * @param inspect The value of the command's `--inspect`, if it is given.
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
    await closeInspector(); // It may use the same port.
  }
}
