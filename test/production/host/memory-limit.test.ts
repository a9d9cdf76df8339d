import { expect, test } from 'vitest';
import { memoryLimit } from '../../../src/production/host/memory-limit.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { hostTree, VERSION_2 } from './_host-tree.ts';

const GIB = 1024 ** 3;
const MACHINE_BYTES = 64 * GIB;

test('the smallest memory.max on the way up', () => {
  const limits = { 'a/memory.max': String(GIB / 2), 'a/b/memory.max': String(GIB), 'memory.max': 'max' };
  expect(memoryLimit(hostTree({ cgroup: ['0::/a/b'], mounts: VERSION_2, limits }), MACHINE_BYTES)).toEqual({
    bytes: GIB / 2,
    reason: '512 MiB, since memory.max allows no more',
  });
});

test.each([
  ['9223372036854771712', undefined],
  [String(GIB), GIB],
])('cgroup version 1 with a limit of %s', (limit, bytes) => {
  const tree = {
    cgroup: ['4:memory:/'],
    mounts: [{ kind: 'memory', point: '/sys/fs/cgroup/memory' }],
    limits: { 'memory/memory.limit_in_bytes': limit },
  };
  expect(memoryLimit(hostTree(tree), MACHINE_BYTES)?.bytes).toBe(bytes);
});

test('none where there is no limit, and where it is above what the machine has', () => {
  const tree = { cgroup: ['0::/'], mounts: VERSION_2 };
  expect(memoryLimit(hostTree({ ...tree, limits: { 'memory.max': 'max' } }), MACHINE_BYTES)).toBeUndefined();
  expect(
    memoryLimit(hostTree({ ...tree, limits: { 'memory.max': String(65 * GIB) } }), MACHINE_BYTES),
  ).toBeUndefined();
  expect(memoryLimit(temporaryFolder({}), MACHINE_BYTES)).toBeUndefined();
});
