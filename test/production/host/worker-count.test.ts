import { cpus } from 'node:os';
import { expect, test } from 'vitest';
import { countWorkers } from '../../../src/production/host/worker-count.ts';
import { temporaryFolder } from '../../_temp-folder.ts';
import { hostTree, VERSION_2 } from './_host-tree.ts';

function count(tree: Parameters<typeof hostTree>[0]) {
  return countWorkers({ root: hostTree(tree), total: 64 });
}

test.each([
  ['25000 100000', 1, '1, since cpu.max allows 0.25 of 64 CPUs'],
  ['250000 100000', 2, '2, since cpu.max allows 2.5 of 64 CPUs'],
  ['100000 100000', 1, '1, since cpu.max allows 1 of 64 CPUs'],
  ['33333 10000', 3, '3, since cpu.max allows 3.33 of 64 CPUs'],
  ['max 100000', 64, '64, one for each CPU'],
  ['9900000 100000', 64, '64, one for each CPU'],
])('cpu.max of %s gives %i workers', (max, workers, reason) => {
  const tree = { cgroup: ['0::/'], mounts: VERSION_2, limits: { 'cpu.max': max } };
  expect(count(tree)).toEqual({ count: workers, reason });
});

test('of nested groups the smallest quota counts, wherever it is on the way up', () => {
  const limits = {
    'a/cpu.max': '300000 100000',
    'a/b/cpu.max': 'max 100000',
    'a/b/c/cpu.max': '500000 100000',
  };
  expect(count({ cgroup: ['0::/a/b/c'], mounts: VERSION_2, limits }).count).toBe(3);
  expect(
    count({ cgroup: ['0::/a/b/c'], mounts: VERSION_2, limits: { ...limits, 'cpu.max': '200000 100000' } })
      .count,
  ).toBe(2);
});

test('groups that are beside ours do not count', () => {
  const limits = { 'other/cpu.max': '100000 100000', 'a/child/cpu.max': '100000 100000' };
  expect(count({ cgroup: ['0::/a'], mounts: VERSION_2, limits }).count).toBe(64);
});

test('a container sees its own group as the root of the mount, and its path as the host has it', () => {
  const mounts = [{ kind: 'cgroup2', root: '/docker/1234', point: '/sys/fs/cgroup' }];
  const limits = { 'cpu.max': '150000 100000', 'site/cpu.max': '120000 100000' };
  expect(count({ cgroup: ['0::/docker/1234'], mounts, limits }).reason).toContain('1.5 of 64');
  expect(count({ cgroup: ['0::/docker/1234/site'], mounts, limits }).reason).toContain('1.2 of 64');
  expect(count({ cgroup: ['0::/../elsewhere'], mounts, limits }).reason).toContain('1.5 of 64');
});

test.each([
  ['-1', 64, '64, one for each CPU'],
  ['250000', 2, '2, since cpu.cfs_quota_us allows 2.5 of 64 CPUs'],
  ['25000', 1, '1, since cpu.cfs_quota_us allows 0.25 of 64 CPUs'],
])('cgroup version 1 with a quota of %s gives %i workers', (quota, workers, reason) => {
  const tree = {
    cgroup: ['4:memory:/', '2:cpu,cpuacct:/docker/1234', '1:name=systemd:/', '0::/'],
    mounts: [
      { kind: 'memory', point: '/sys/fs/cgroup/memory' },
      { kind: 'cpu,cpuacct', root: '/docker/1234', point: '/sys/fs/cgroup/cpu,cpuacct' },
      { kind: 'cgroup2', point: '/sys/fs/cgroup/unified' },
    ],
    limits: { 'cpu,cpuacct/cpu.cfs_quota_us': quota, 'cpu,cpuacct/cpu.cfs_period_us': '100000' },
  };
  expect(count(tree)).toEqual({ count: workers, reason });
});

test('a group of version 1 that is not mounted as a container is followed up to the root', () => {
  const tree = {
    cgroup: ['2:cpu:/a/b'],
    mounts: [{ kind: 'cpu', point: '/sys/fs/cgroup/cpu' }],
    limits: {
      'cpu/a/b/cpu.cfs_quota_us': '-1',
      'cpu/a/b/cpu.cfs_period_us': '100000',
      'cpu/a/cpu.cfs_quota_us': '400000',
      'cpu/a/cpu.cfs_period_us': '100000',
    },
  };
  expect(count(tree).count).toBe(4);
});

test.each([
  ['0-3', 4],
  ['0,2-3,9', 4],
  ['7', 1],
])('cpuset or taskset: the CPUs %s are %i', (allowed, workers) => {
  const reason = `${workers}, since this process may run on ${workers} of 64 CPUs`;
  expect(count({ allowed })).toEqual({ count: workers, reason });
});

test('a quota above the CPUs that may be used does not count', () => {
  const tree = {
    cgroup: ['0::/'],
    mounts: VERSION_2,
    limits: { 'cpu.max': '800000 100000' },
    allowed: '0-3',
  };
  expect(count(tree).count).toBe(4);
});

test('a host without /proc and /sys: what Node tells', () => {
  expect(countWorkers({ root: temporaryFolder({}) }).count).toBeGreaterThanOrEqual(1);
});

test('this very host', () => {
  const { count, reason } = countWorkers();
  expect(count).toBeGreaterThanOrEqual(1);
  expect(count).toBeLessThanOrEqual(cpus().length);
  expect(reason).toMatch(new RegExp(`^${count}, `));
});
