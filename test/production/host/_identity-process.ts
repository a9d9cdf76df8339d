/** Assumes an identity, as a worker does, and prints what it is then. Its argument: the settings, as JSON. */

import { writeFileSync } from 'node:fs';
import { assumeIdentity, resolveIdentity } from '../../../src/production/host/identity.ts';

try {
  const { file, ...settings } = JSON.parse(process.argv[2]!);
  // As it comes over the channel from the arbiter.
  assumeIdentity(JSON.parse(JSON.stringify(resolveIdentity(settings))));
  let isRootAgain = true;
  try {
    process.setuid!(0);
  } catch {
    isRootAgain = false;
  }
  if (file !== undefined) writeFileSync(file, '');
  const { HOME, USER, LOGNAME } = process.env;
  const ids = [process.getuid!(), process.geteuid!(), process.getgid!(), process.getegid!()];
  const groups = process.getgroups!().sort();
  process.stdout.write(JSON.stringify({ ids, groups, HOME, USER, LOGNAME, isRootAgain }));
} catch (error) {
  const { message, hint } = error as { message: string; hint?: string };
  process.stdout.write(JSON.stringify({ message, hint }));
}
