import { CommandError } from '../../errors.ts';
import { type AccountSources, findGroup, findUser } from './accounts.ts';

/** The user and the groups of workers, as plain data. */
/** The user and the group that a file belongs to, by their numbers. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

export interface Identity extends FileOwner {
  /** The user's account; undefined for a number without an account. */
  readonly account?: { readonly name: string; readonly home: string };
  /** Whether this process already runs as that user. Then only the umask is changed. */
  readonly isOurs: boolean;
  /** The umask of workers. @default that of this process */
  readonly umask?: number;
}

/** The values of the settings. */
export interface IdentitySettings {
  /** A name or a number. @default the user of this process */
  readonly user?: string;
  /** A name or a number. @default the user's own group, or without a user the group of this process */
  readonly group?: string;
  readonly umask?: number;
}

/** The functions of a process about its user, for tests to replace. Node's types lack `initgroups()`. */
export interface ProcessIdentity {
  readonly env: NodeJS.ProcessEnv;
  geteuid?(): number;
  getegid?(): number;
  initgroups(user: string, gid: number): void;
  setgroups(gids: readonly number[]): void;
  setgid(gid: number): void;
  setuid(uid: number): void;
  umask(mask: number): number;
}

const OWN = process as unknown as ProcessIdentity;

/**
 * Finds the user and group for workers, in the arbiter. Names are searched in /etc/passwd and /etc/group, then with
 * `getent`; a number needs no account. The defaults are the user and the group of this process.
 *
 * @throws {CommandError} if there is no such user or group, and if it differs from that of this process and this
 * process is not root.
 * @example resolveIdentity({ user: 'www-data' }) // { uid: 33, gid: 33, account: { … }, isOurs: false }
 */
export function resolveIdentity(
  settings: IdentitySettings,
  sources?: AccountSources,
  own: ProcessIdentity = OWN,
): Identity {
  const { user, group, umask } = settings;
  const [ownUid, ownGid] = [own.geteuid?.() ?? -1, own.getegid?.() ?? -1];
  if (user === undefined && group === undefined) return { uid: ownUid, gid: ownGid, isOurs: true, umask };
  const found = findUser(user ?? String(ownUid), sources);
  const gid = groupOf(found, settings, own, sources);
  const isRoot = ownUid === 0;
  if (!isRoot && found.uid !== ownUid) throw notRoot(`user '${user}'`, `user ${ownUid}`, '--user');
  if (!isRoot && gid !== ownGid) throw notRoot(`group '${group}'`, `group ${ownGid}`, '--group');
  const account = 'name' in found ? { name: found.name, home: found.home } : undefined;
  const isOurs = found.uid === ownUid && gid === ownGid;
  return { uid: found.uid, gid, account, isOurs, umask };
}

/**
 * Changes the user of a worker irreversibly, before any code of the site runs. The supplementary groups are those of
 * the user in the system. HOME, USER and LOGNAME are set to the user's values, and unset for a user without an account.
 *
 * @throws {CommandError} if the system refuses.
 */
export function assumeIdentity(
  { uid, gid, account, isOurs, umask }: Identity,
  own: ProcessIdentity = OWN,
): void {
  if (umask !== undefined) own.umask(umask);
  if (isOurs) return;
  try {
    // The order matters, since the last step removes the rights that the others need.
    if (account === undefined) own.setgroups([gid]);
    else own.initgroups(account.name, gid);
    own.setgid(gid);
    own.setuid(uid);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new CommandError(
      `The system does not let a worker run as user ${uid}, group ${gid} (${code ?? message}).`,
      {
        hint: 'In a container, root needs the capabilities SETUID and SETGID for that, and the numbers must be mapped.',
        cause,
      },
    );
  }
  const variables = { HOME: account?.home || undefined, USER: account?.name, LOGNAME: account?.name };
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete own.env[name];
    else own.env[name] = value;
  }
}

function groupOf(
  found: ReturnType<typeof findUser>,
  { user, group }: IdentitySettings,
  own: ProcessIdentity,
  sources?: AccountSources,
): number {
  if (group !== undefined) return findGroup(group, sources);
  if (user === undefined || found.uid === own.geteuid?.()) return own.getegid?.() ?? -1;
  if ('gid' in found) return found.gid;
  throw new CommandError(`User ${user} has no account, so its group is not known.`, {
    hint: `Give the group as well: --user ${user} --group ${user}`,
  });
}

function notRoot(wanted: string, own: string, flag: string): CommandError {
  return new CommandError(
    `Workers cannot run as ${wanted}: the server was started by ${own}, and not by root.`,
    {
      hint: `Start it as root, or leave out ${flag}.`,
    },
  );
}
