import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/**
 * Lists the processes of this machine, as far as the system shows them, without zombies: in a container, zombies may
 * stay for ever.
 */
export function listProcesses(): ProcessEntry[] {
  try {
    return process.platform === 'linux' ? listByKernel() : listByPs();
  } catch {
    return []; // There is neither /proc nor ps.
  }
}

function listByKernel(): ProcessEntry[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // The name before the bracket may contain spaces and brackets.
      return entryOf(pid, stat.slice(stat.lastIndexOf(')') + 2).split(' '));
    } catch {
      return []; // The process has ended in the meantime.
    }
  });
}

function listByPs(): ProcessEntry[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,stat=,ppid=,pgid='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [pid, ...fields] = line.trim().split(/\s+/);
    return entryOf(pid!, fields);
  });
}

function entryOf(pid: string, [state, parent, group]: readonly string[]): ProcessEntry[] {
  if (state === undefined || /^[ZX]/.test(state)) return [];
  return [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
}
