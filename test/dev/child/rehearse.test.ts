import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { holdsExclusively } from '../../../src/dev/child/holdings.ts';
import { rehearse, rehearseErrorPage } from '../../../src/dev/child/rehearse.ts';
import { debugPage } from '../../../src/handler/debug/debug-page.ts';

vi.mock('../../../src/handler/debug/debug-page.ts', { spy: true });

test('a spare holds no resource during its rehearsal, so that the next load does not wait for its end', async () => {
  let isOver = false;
  const rehearsal = rehearse(() => false).finally(() => {
    isOver = true;
  });
  const found = new Set<boolean>();
  while (!isOver) {
    found.add(holdsExclusively());
    await setImmediate();
  }
  await rehearsal;
  expect([...found]).toEqual([false]);
});

test('an error page is rendered in advance with the code of the project, unless the spare has been activated', async () => {
  await rehearseErrorPage(() => true);
  expect(debugPage).not.toHaveBeenCalled();
  await rehearseErrorPage(() => false);
  const page = await vi.mocked(debugPage).mock.results[0]!.value.text();
  expect(page).toContain('<b>view0</b><span>package.json:1:1</span>');
  expect(page).toContain('<pre class="code"');
});
