import { isUserError } from '../../errors.ts';
import type { Identity } from '../host/identity.ts';
import { makeLogFile } from './log-target.ts';

/** Makes an access log again that was renamed, for workers that may not make a file in its folder. */
export function remakeAccessLog(
  setting: string,
  identity: Identity,
  onTrouble: (text: string) => void,
): void {
  try {
    makeLogFile(setting, identity.isOurs ? undefined : identity);
  } catch (error) {
    if (!isUserError(error)) throw error;
    onTrouble(error.message); // the workers go on in the file that is open
  }
}
