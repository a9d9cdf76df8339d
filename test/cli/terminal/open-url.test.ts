import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openUrl } from '../../../src/cli/terminal/open-url.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

const URL = 'http://127.0.0.1:8000/';

describe.skipIf(process.platform === 'win32')('a page is opened', () => {
  beforeEach(() => void vi.spyOn(process, 'platform', 'get').mockReturnValue('linux'));
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  /** Has this script as `xdg-open`, and nothing else. */
  function opener(script: string | undefined): string {
    const folder = temporaryFolder(script === undefined ? {} : { 'xdg-open': `#!/bin/sh\n${script}\n` });
    if (script !== undefined) chmodSync(path.join(folder, 'xdg-open'), 0o755);
    vi.stubEnv('PATH', folder);
    return folder;
  }

  test('by the desktop', async () => {
    const folder = opener('echo "$1" > "$0.asked"');
    const onFailure = vi.fn();
    openUrl(URL, onFailure);
    await vi.waitFor(() => expect(readFileSync(`${folder}/xdg-open.asked`, 'utf8')).toBe(`${URL}\n`));
    expect(onFailure).not.toHaveBeenCalled();
  });

  test.each([
    ['a machine has no desktop', undefined],
    ['the desktop has no browser', 'exit 3'],
  ])('or where %s, a line has its address', async (_, script) => {
    opener(script);
    const line = await new Promise((resolve) => openUrl(URL, resolve));
    expect(line).toBe(`Cannot open a browser (xdg-open). Open this address: ${URL}\n`);
  });
});
