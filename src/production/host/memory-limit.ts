import { totalmem } from 'node:os';
import { findCgroups, readLimit } from './cgroup.ts';

/** How much memory this process and its workers may use together. */
export interface MemoryLimit {
  readonly bytes: number;
  /** For the log: `512 MiB, since memory.max allows no more`. */
  readonly reason: string;
}

const MIB = 1024 * 1024;

/**
 * The smallest memory limit of this process's control groups, or undefined where there is none below what the machine has.
 * V8 sizes its heap by the machine's memory in each process, so without a share of this each worker could take it all.
 *
 * @param root The folder that has `proc` and `sys`.
 * @example memoryLimit()?.bytes // 536870912
 */
export function memoryLimit(root = '/', machineBytes: number = totalmem()): MemoryLimit | undefined {
  let least: MemoryLimit | undefined;
  for (const { version, folders } of findCgroups(root, 'memory')) {
    const file = version === 2 ? 'memory.max' : 'memory.limit_in_bytes';
    for (const folder of folders) {
      const bytes = readLimit(folder, file);
      // Version 1 writes no limit as the largest number of pages.
      if (bytes === undefined || bytes >= (least?.bytes ?? machineBytes)) continue;
      least = { bytes, reason: `${Math.floor(bytes / MIB)} MiB, since ${file} allows no more` };
    }
  }
  return least;
}
