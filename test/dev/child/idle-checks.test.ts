import { expect, test } from 'vitest';
import type { LoadedSettings } from '../../../src/conf/load.ts';
import { IdleChecks } from '../../../src/dev/child/idle-checks.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

test('checks that fail themselves are a notice, and end no process', async () => {
  // A process without a free descriptor fails like this as well.
  const settings = {
    get values(): never {
      throw new Error('EMFILE: too many open files');
    },
  } as unknown as LoadedSettings;
  const notice = await new Promise<string>((resolve) => {
    const options = { root: temporaryFolder(), settings, isBusy: () => false, onFindings: () => {} };
    new IdleChecks({ ...options, onNotice: resolve });
  });
  expect(notice).toBe('The checks of the site could not run: Error: EMFILE: too many open files');
});
