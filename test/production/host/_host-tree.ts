import { temporaryFolder } from '../../_temp-folder.ts';

export interface HostTree {
  /** The lines of /proc/self/cgroup. */
  readonly cgroup?: readonly string[];
  /** What is mounted where: its kind (`cgroup2`, or the controllers of version 1), the group, the folder. */
  readonly mounts?: readonly { kind: string; root?: string; point: string }[];
  readonly allowed?: string;
  /** Files below /sys/fs/cgroup. */
  readonly limits?: Readonly<Record<string, string>>;
}

/** A folder with the files of /proc and /sys that tell a process's limits. */
export function hostTree({ cgroup = [], mounts = [], allowed = '0-63', limits = {} }: HostTree): string {
  const mountinfo = mounts.map(({ kind, root = '/', point }, index) => {
    const [type, options] = kind === 'cgroup2' ? ['cgroup2', 'rw'] : ['cgroup', `rw,${kind}`];
    return `${index} 23 0:28 ${root} ${point} rw,nosuid shared:9 - ${type} ${type} ${options}`;
  });
  return temporaryFolder({
    'proc/self/cgroup': `${cgroup.join('\n')}\n`,
    'proc/self/mountinfo': `22 1 0:20 / / rw - overlay overlay rw\n${mountinfo.join('\n')}\n`,
    'proc/self/status': `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${allowed}\n`,
    ...Object.fromEntries(
      Object.entries(limits).map(([file, text]) => [`sys/fs/cgroup/${file}`, `${text}\n`]),
    ),
  });
}

export const VERSION_2 = [{ kind: 'cgroup2', point: '/sys/fs/cgroup' }];
