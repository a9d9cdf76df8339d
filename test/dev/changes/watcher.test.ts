import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../_temp-folder.ts';
import { folderWatcher, touched, turn } from './_touches.ts';

/** A watched file `in/a.ts` of a temporary folder. */
function watched(content: string | null = '1') {
  const root = temporaryFolder(content === null ? {} : { 'in/a.ts': content });
  const file = path.join(root, 'in/a.ts');
  const { watcher, touches } = folderWatcher();
  const covered = watcher.watch([file]);
  return { root, folder: path.join(root, 'in'), file, watcher, touches, covered };
}

describe('FolderWatcher reports', () => {
  test('a write', async () => {
    const { file, touches } = watched();
    await touched(touches, file, () => writeFileSync(file, '2'));
  });

  test('every write', async () => {
    const { file, touches } = watched();
    for (let i = 0; i < 10; i++) await touched(touches, file, () => writeFileSync(file, String(i)));
  });

  test('a file that an editor renames over it, every time', async () => {
    const { file, touches } = watched();
    for (let i = 0; i < 10; i++) {
      await touched(touches, file, () => {
        writeFileSync(`${file}.tmp`, String(i));
        renameSync(`${file}.tmp`, file);
      });
    }
  });

  test('a deletion', async () => {
    const { file, touches } = watched();
    await touched(touches, file, () => rmSync(file));
  });

  test('a file that is created again', async () => {
    const { file, touches } = watched();
    await touched(touches, file, () => rmSync(file));
    await touched(touches, file, () => writeFileSync(file, '1'));
  });

  test('a missing file that is created', async () => {
    const { root, touches, watcher } = watched();
    const missing = path.join(root, 'in/missing.ts');
    expect(watcher.watch([missing])).toEqual([missing]);
    await touched(touches, missing, () => writeFileSync(missing, ''));
  });

  test('a missing folder that is created', async () => {
    const { folder, touches, file, covered } = watched(null);
    expect(covered).toEqual([file]);
    await touched(touches, folder, () => mkdirSync(folder));
  });

  test('a file that is created in a folder that did not exist at first', async () => {
    const { folder, touches, file } = watched(null);
    await touched(touches, folder, () => mkdirSync(folder));
    await touched(touches, file, () => writeFileSync(file, '1'));
  });

  test('a deleted folder', async () => {
    const { folder, touches } = watched();
    await touched(touches, folder, () => rmSync(folder, { recursive: true }));
  });

  test('a folder that is moved away', async () => {
    const { folder, touches } = watched();
    await touched(touches, folder, () => renameSync(folder, `${folder}-away`));
  });

  test('writes in a folder that was deleted and created again', async () => {
    const { folder, touches, file } = watched();
    await touched(touches, folder, () => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(file, '1');
    });
    await turn();
    await touched(touches, file, () => writeFileSync(file, '2'));
  });

  test('writes in a folder that was moved away and back', async () => {
    const { folder, touches, file } = watched();
    await touched(touches, folder, () => {
      renameSync(folder, `${folder}-away`);
      renameSync(`${folder}-away`, folder);
    });
    await turn();
    await touched(touches, file, () => writeFileSync(file, '2'));
  });

  test.each(['in', 'in/between'])(
    'writes below a folder that was moved, in the copy that is at its old path: %s',
    async (moved) => {
      const root = temporaryFolder({ 'in/between/deep/a.ts': '1' });
      const file = path.join(root, 'in/between/deep/a.ts');
      const folder = path.join(root, moved);
      const { watcher, touches } = folderWatcher();
      watcher.watch([file, path.join(root, 'in/b.ts')]);
      await touched(touches, folder, () => {
        renameSync(folder, `${folder}-away`);
        cpSync(`${folder}-away`, folder, { recursive: true });
      });
      await turn();
      await touched(touches, file, () => writeFileSync(file, '2'));
    },
  );

  test('writes in a folder after a subfolder of the same name was removed', async () => {
    const root = path.join(
      temporaryFolder({ 'mysite/mysite/x.ts': '', 'mysite/package.json': '' }),
      'mysite',
    );
    const file = path.join(root, 'package.json');
    const { watcher, touches } = folderWatcher();
    watcher.watch([file]);
    await touched(touches, path.join(root, 'mysite'), () =>
      rmSync(path.join(root, 'mysite'), { recursive: true }),
    );
    await turn();
    await touched(touches, file, () => writeFileSync(file, '{}'));
  });
});

describe('FolderWatcher reports in time', () => {
  test('a write in this process, before the turn after next of the event loop', async () => {
    const { file, touches } = watched();
    await turn();
    const late: number[] = [];
    for (let i = 0; i < 200; i++) {
      touches.clear();
      writeFileSync(file, String(i));
      // We are in the phase of setImmediate: until the next one comes, the loop asks the kernel once.
      await turn();
      if (!touches.has(file)) late.push(i);
    }
    expect(late).toEqual([]);
  });

  test('a file that is renamed over it, before the turn after next of the event loop', async () => {
    const { file, touches } = watched();
    await turn();
    const late: number[] = [];
    for (let i = 0; i < 200; i++) {
      writeFileSync(`${file}.tmp`, String(i));
      await turn();
      touches.clear();
      renameSync(`${file}.tmp`, file);
      await turn();
      if (!touches.has(file)) late.push(i);
    }
    expect(late).toEqual([]);
  });

  test('a write in another process, before the gate opens for the bytes that this process then sends', async () => {
    const { file, touches } = watched();
    const server = net.createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const writer = `
      const { writeFileSync } = require('node:fs');
      const socket = require('node:net').connect(${(server.address() as AddressInfo).port}, '127.0.0.1');
      let i = 0;
      const save = () => { writeFileSync(${JSON.stringify(file)}, String(i++)); socket.write('x'); };
      socket.on('connect', save).on('data', save).on('error', () => process.exit());`;
    const child = spawn(process.execPath, ['-e', writer], { stdio: 'inherit' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [socket] = (await once(server, 'connection')) as [net.Socket];
    onTestFinished(() => void socket.destroy());
    const late: number[] = [];
    await new Promise<void>((resolve) => {
      let count = 0;
      socket.on('data', () => {
        setImmediate(() => {
          if (!touches.has(file)) late.push(count);
          touches.clear();
          count += 1;
          if (count === 200) resolve();
          else socket.write('y');
        });
      });
    });
    expect(late).toEqual([]);
  });
});

describe('FolderWatcher', () => {
  test('stops watching files that are no longer needed', async () => {
    const root = temporaryFolder({ 'old/a.ts': '', 'new/b.ts': '' });
    const { watcher, touches } = folderWatcher();
    watcher.watch([path.join(root, 'old/a.ts')]);
    watcher.watch([path.join(root, 'new/b.ts')]);
    writeFileSync(path.join(root, 'old/a.ts'), '1');
    await touched(touches, path.join(root, 'new/b.ts'), () =>
      writeFileSync(path.join(root, 'new/b.ts'), '1'),
    );
    expect(touches.targets.filter((target) => target.includes('old'))).toEqual([]);
  });

  test('continues watching files that are still needed, without a gap', async () => {
    const { file, watcher, touches } = watched();
    writeFileSync(file, '2');
    watcher.watch([file]);
    while (!touches.has(file)) await turn();
  });

  test('watches a folder once for all its files', async () => {
    const root = temporaryFolder({ 'a.ts': '', 'b.ts': '' });
    const { watcher, touches } = folderWatcher();
    watcher.watch([path.join(root, 'a.ts'), path.join(root, 'b.ts')]);
    await touched(touches, path.join(root, 'a.ts'), () => rmSync(path.join(root, 'a.ts')));
    await turn();
    expect(touches.targets).toEqual([path.join(root, 'a.ts')]);
  });

  test('watches nothing after it was closed', async () => {
    const { file, watcher, touches } = watched();
    const other = folderWatcher();
    other.watcher.watch([file]);
    watcher.close();
    await touched(other.touches, file, () => writeFileSync(file, '2'));
    await turn();
    expect(touches.targets).toEqual([]);
  });

  test('watches nothing without files', async () => {
    const { watcher, file, touches } = watched();
    expect(watcher.watch([])).toEqual([]);
    const other = folderWatcher();
    other.watcher.watch([file]);
    await touched(other.touches, file, () => writeFileSync(file, '2'));
    expect(touches.targets).toEqual([]);
  });

  test('reports a folder that cannot be watched, does not cover it, and watches the others', async () => {
    const root = temporaryFolder({ 'in/a.ts': '' });
    symlinkSync('loop', path.join(root, 'loop'));
    const file = path.join(root, 'in/a.ts');
    const { watcher, touches } = folderWatcher();
    expect(watcher.watch([path.join(root, 'loop/b.ts'), file])).toEqual([file]);
    expect(touches.errors).toEqual([['ELOOP', path.join(root, 'loop')]]);
    await touched(touches, file, () => writeFileSync(file, '2'));
  });

  test('watches the folder above when a file is in the place of a folder', async () => {
    const root = temporaryFolder({ in: 'a file' });
    const { watcher, touches } = folderWatcher();
    watcher.watch([path.join(root, 'in/a.ts')]);
    await touched(touches, path.join(root, 'in'), () => rmSync(path.join(root, 'in')));
  });
});
