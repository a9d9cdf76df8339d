import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The control group folders of this process for one controller, its own first, followed by its parents. */
interface CgroupFolders {
  readonly version: 1 | 2;
  readonly folders: readonly string[];
}

interface Mount {
  /** The mounted group. In a container it may be the container's own. */
  readonly root: string;
  readonly point: string;
}

/**
 * Finds the control groups of this process. A host may have version 1 and version 2 mounted; the version that has the
 * controller is used.
 *
 * @param root The folder that has `proc` and `sys`: `/`, or a test's tree.
 * @param controller Its name in version 1: `cpu`.
 * @returns an empty list if there are none.
 */
export function findCgroups(root: string, controller: string): readonly CgroupFolders[] {
  const groups = lines(path.join(root, 'proc/self/cgroup')).map((line) => {
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return { controllers: controllers?.split(',') ?? [], group: group ?? '/' };
  });
  const mounts = lines(path.join(root, 'proc/self/mountinfo'));
  return ([1, 2] as const).flatMap((version) => {
    const controllerOfVersion = version === 1 ? controller : '';
    const group = groups.find(({ controllers }) => controllers.includes(controllerOfVersion))?.group;
    const mount = findMount(mounts, version, controller);
    if (group === undefined || mount === undefined) return [];
    return [{ version, folders: foldersUp(group, mount).map((folder) => path.join(root, folder)) }];
  });
}

/** A number in a control group's file; undefined if there is no limit or no such file. */
export function readLimit(folder: string, file: string): number | undefined {
  const value = Number.parseInt(lines(path.join(folder, file))[0] ?? '', 10);
  return value >= 0 ? value : undefined; // No limit is `max`; in version 1 it is -1.
}

/** The lines of a file; none if it cannot be read. */
export function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n');
  } catch {
    return []; // Without Linux, the controller or the permission, no limit is known.
  }
}

/** Mount lines have the form `31 23 0:28 ROOT POINT OPTIONS … - TYPE SOURCE OPTIONS`. */
function findMount(mounts: readonly string[], version: 1 | 2, controller: string): Mount | undefined {
  for (const line of mounts) {
    const [head = '', tail = ''] = line.split(' - ');
    const [type, , options = ''] = tail.split(' ');
    const isMeant =
      version === 2 ? type === 'cgroup2' : type === 'cgroup' && options.split(',').includes(controller);
    const [, , , root, point] = head.split(' ');
    if (isMeant && root !== undefined && point !== undefined)
      return { root: unescaped(root), point: unescaped(point) };
  }
  return undefined;
}

/** The kernel writes a space as `\040`. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function foldersUp(group: string, { root, point }: Mount): string[] {
  const inMount = path.posix.relative(root, group);
  // The group is outside of the mount, so only the mounted group is visible.
  const names = inMount === '' || inMount.startsWith('..') ? [] : inMount.split('/');
  return [...names.keys(), names.length]
    .reverse()
    .map((count) => path.posix.join(point, ...names.slice(0, count)));
}
