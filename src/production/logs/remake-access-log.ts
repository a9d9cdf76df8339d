import { isUserError } from '../../errors.ts';
import type { Identity } from '../host/identity.ts';
import { makeLogFile } from './log-target.ts';

/** Creates a renamed access log again, for workers that may not create a file in its folder. */
export function remakeAccessLog(
  setting: string,
  identity: Identity,
  onTrouble: (text: string) => void,
): void {
  try {
    makeLogFile(setting, identity.isOurs ? undefined : identity);
  } catch (error) {
    if (!isUserError(error)) throw error;
    onTrouble(error.message); // The workers keep the open file.
  }
}
