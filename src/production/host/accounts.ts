import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CommandError } from '../../errors.ts';
import { didYouMean } from '../../text/nearest.ts';

/** A user account of the system. */
interface UserAccount {
  readonly name: string;
  readonly uid: number;
  /** The user's own group. */
  readonly gid: number;
  readonly home: string;
}

/** The sources of accounts. */
export interface AccountSources {
  /** The folder that has `passwd` and `group`. @default '/etc' */
  readonly etc?: string;
  /** Finds a line in the system's directories (for example LDAP). @default the program `getent` */
  readonly getent?: (database: 'passwd' | 'group', key: string) => string | undefined;
}

const GETENT_TIMEOUT_MS = 5_000;
/** The highest valid number. The next one means "no change". */
const HIGHEST_ID = 4_294_967_294;

/**
 * Finds a user by name or number. A number does not need an account.
 *
 * @throws {CommandError} if there is no such user.
 */
export function findUser(user: string, sources?: AccountSources): UserAccount | { readonly uid: number } {
  const fields = findLine('passwd', user, sources);
  if (fields === undefined) return { uid: numberOf('user', 'passwd', user, sources) };
  const [name = '', , uid, gid, , home = ''] = fields;
  return { name, uid: Number(uid), gid: Number(gid), home };
}

/**
 * Finds the number of a group by its name or number.
 *
 * @throws {CommandError} if there is no such group.
 */
export function findGroup(group: string, sources?: AccountSources): number {
  const fields = findLine('group', group, sources);
  return fields === undefined ? numberOf('group', 'group', group, sources) : Number(fields[2]);
}

function findLine(
  database: 'passwd' | 'group',
  key: string,
  { etc = '/etc', getent = getentLine }: AccountSources = {},
): readonly string[] | undefined {
  const entries = readEntries(path.join(etc, database));
  const inFile = entries.find(([name]) => name === key) ?? entries.find(([, , id]) => id === key);
  return inFile ?? getent(database, key)?.trimEnd().split(':');
}

function numberOf(
  kind: 'user' | 'group',
  database: 'passwd' | 'group',
  key: string,
  { etc = '/etc' }: AccountSources = {},
): number {
  if (/^\d+$/.test(key) && Number(key) <= HIGHEST_ID) return Number(key);
  const names = readEntries(path.join(etc, database)).map(([name]) => name!);
  throw new CommandError(`There is no ${kind} '${key}' on this machine.`, {
    hint: didYouMean(key, names) ?? `Create it, or name another: --${kind} takes a name or a number.`,
  });
}

function readEntries(file: string): readonly (readonly string[])[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(':'));
  } catch {
    return []; // The container image has no accounts, so only numbers can be used.
  }
}

function getentLine(database: string, key: string): string | undefined {
  const { status, stdout } = spawnSync('getent', [database, '--', key], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: GETENT_TIMEOUT_MS,
  });
  return status === 0 ? stdout : undefined;
}
