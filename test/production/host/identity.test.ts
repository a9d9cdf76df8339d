import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { CommandError } from '../../../src/errors.ts';
import type { AccountSources } from '../../../src/production/host/accounts.ts';
import {
  assumeIdentity,
  type IdentitySettings,
  type ProcessIdentity,
  resolveIdentity,
} from '../../../src/production/host/identity.ts';
import { buildScript } from '../../_build-script.ts';
import { temporaryFolder } from '../../_temp-folder.ts';

function accounts(): AccountSources {
  const etc = temporaryFolder({
    passwd:
      '# a comment\nroot:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www:/var/www:/usr/sbin/nologin\nweb:x:1000:100::/home/web:/bin/sh\n1001:x:7:7::/:/bin/sh\n',
    group: 'root:x:0:\nwww-data:x:33:\nusers:x:100:web\n',
  });
  const getent: AccountSources['getent'] = (database, key) =>
    key === 'ldap'
      ? database === 'passwd'
        ? 'ldap:x:9000:9001::/ldap:/bin/sh\n'
        : 'ldap:x:9001:\n'
      : undefined;
  return { etc, getent };
}

/** A process of this user, which notes what is called on it. */
function processOf(uid: number, gid: number) {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      void calls.push([name, ...args]);
  const own = {
    geteuid: () => uid,
    getegid: () => gid,
    env: { HOME: '/root', USER: 'root', LOGNAME: 'root', PATH: '/bin' },
    ...Object.fromEntries(
      ['initgroups', 'setgroups', 'setgid', 'setuid', 'umask'].map((name) => [name, note(name)]),
    ),
  };
  return { own: own as unknown as ProcessIdentity, calls };
}

function resolve(settings: IdentitySettings, { own } = processOf(0, 0)) {
  return resolveIdentity(settings, accounts(), own);
}

function refusal(settings: IdentitySettings, as?: ReturnType<typeof processOf>): CommandError {
  try {
    resolve(settings, as);
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    return error as CommandError;
  }
  return expect.fail('It was resolved.');
}

describe('whom workers run as', () => {
  const www = { uid: 33, gid: 33, account: { name: 'www-data', home: '/var/www' }, isOurs: false };

  test.each<[IdentitySettings, object]>([
    [{ user: 'www-data' }, www],
    [{ user: '33' }, www],
    [
      { user: 'www-data', group: 'users' },
      { ...www, gid: 100 },
    ],
    [
      { user: 'www-data', group: '4242' },
      { ...www, gid: 4242 },
    ],
    [
      { user: '4242', group: 'users' },
      { uid: 4242, gid: 100, isOurs: false },
    ],
    [{ user: '1001' }, { uid: 7, gid: 7, account: { name: '1001', home: '/' }, isOurs: false }],
    [{ group: 'users' }, { uid: 0, gid: 100, account: { name: 'root', home: '/root' }, isOurs: false }],
    [{ user: 'ldap' }, { uid: 9000, gid: 9001, account: { name: 'ldap', home: '/ldap' }, isOurs: false }],
    [
      { user: 'www-data', group: 'ldap', umask: 0o27 },
      { ...www, gid: 9001, umask: 0o27 },
    ],
    [{}, { uid: 0, gid: 0, isOurs: true }],
    [{ user: 'root' }, { uid: 0, gid: 0, account: { name: 'root', home: '/root' }, isOurs: true }],
  ])('root with %o', (settings, identity) => {
    expect(resolve(settings)).toEqual(identity);
  });

  test.each<[IdentitySettings]>([
    [{}],
    [{ user: 'web' }],
    [{ user: '1000' }],
    [{ user: 'web', group: '100' }],
    [{ group: 'users' }],
  ])('a user who is not root may name what it is: %o', (settings) => {
    expect(resolve(settings, processOf(1000, 100))).toMatchObject({ uid: 1000, gid: 100, isOurs: true });
  });

  test('a user without an account is one as well', () => {
    expect(resolve({ user: '4242' }, processOf(4242, 0))).toEqual({ uid: 4242, gid: 0, isOurs: true });
  });

  test.each([
    [{ user: 'wwwdata' }, "There is no user 'wwwdata' on this machine.", "Did you mean 'www-data'?"],
    [
      { user: 'nothing-like-it' },
      "There is no user 'nothing-like-it' on this machine.",
      'Create it, or name another',
    ],
    [{ user: '4294967295' }, "There is no user '4294967295' on this machine.", 'Create it'],
    [{ user: '-1' }, "There is no user '-1' on this machine.", 'Create it'],
    [{ user: '' }, "There is no user '' on this machine.", 'Create it'],
    [{ group: 'user' }, "There is no group 'user' on this machine.", "Did you mean 'users'?"],
    [{ user: '4242' }, 'User 4242 has no account, so its group is not known.', '--user 4242 --group 4242'],
  ])('%o is refused', (settings, message, hint) => {
    const error = refusal(settings);
    expect(error.message).toBe(message);
    expect(error.hint).toContain(hint);
  });

  test('only root has workers of another user or group', () => {
    const user = refusal({ user: 'www-data' }, processOf(1000, 100));
    expect(user.message).toBe(
      "Workers cannot run as user 'www-data': the server was started by user 1000, and not by root.",
    );
    expect(user.hint).toBe('Start it as root, or leave out --user.');
    const group = refusal({ group: 'www-data' }, processOf(1000, 100));
    expect(group.message).toContain("group 'www-data': the server was started by group 100");
  });

  test('an image without accounts has numbers', () => {
    const { own } = processOf(0, 0);
    const sources = { etc: temporaryFolder(), getent: () => undefined };
    expect(resolveIdentity({ user: '1000', group: '1000' }, sources, own)).toMatchObject({
      uid: 1000,
      gid: 1000,
    });
  });
});

describe('a worker', () => {
  const web = { uid: 1000, gid: 100, account: { name: 'web', home: '/home/web' }, isOurs: false };

  test('takes the groups first, its user last', () => {
    const { own, calls } = processOf(0, 0);
    assumeIdentity({ ...web, umask: 0o27 }, own);
    expect(calls).toEqual([
      ['umask', 0o27],
      ['initgroups', 'web', 100],
      ['setgid', 100],
      ['setuid', 1000],
    ]);
    expect(own.env).toEqual({ HOME: '/home/web', USER: 'web', LOGNAME: 'web', PATH: '/bin' });
  });

  test('without an account has no home and no other groups', () => {
    const { own, calls } = processOf(0, 0);
    assumeIdentity({ uid: 4242, gid: 100, isOurs: false }, own);
    expect(calls).toEqual([
      ['setgroups', [100]],
      ['setgid', 100],
      ['setuid', 4242],
    ]);
    expect(own.env).toEqual({ PATH: '/bin' });
  });

  test('that the system does not let go says so', () => {
    const { own } = processOf(0, 0);
    own.setgid = () => {
      throw Object.assign(new Error('setgid EPERM'), { code: 'EPERM' });
    };
    const assume = () => assumeIdentity(web, own);
    expect(assume).toThrow('The system does not let a worker run as user 1000, group 100 (EPERM).');
    expect(assume).toThrow(CommandError);
  });

  test('that is who it is to be changes nothing', () => {
    const { own, calls } = processOf(1000, 100);
    assumeIdentity({ ...web, isOurs: true }, own);
    expect(calls).toEqual([]);
    expect(own.env.HOME).toBe('/root');
  });
});

describe.runIf(process.getuid?.() === 0)('a process of root', () => {
  vi.setConfig({ testTimeout: 30_000 });
  let script: string;

  beforeAll(async () => {
    script = await buildScript(path.join(import.meta.dirname, '_identity-process.ts'));
  });

  function assumed(settings: object) {
    const { stdout, stderr } = spawnSync(process.execPath, [script, JSON.stringify(settings)], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  function idsOf(...args: string[]): number[] {
    return execFileSync('id', args, { encoding: 'utf8' }).trim().split(' ').map(Number);
  }

  test('becomes nobody, for good', () => {
    const [uid] = idsOf('-u', 'nobody');
    const [gid] = idsOf('-g', 'nobody');
    const { ids, groups, USER, isRootAgain } = assumed({ user: 'nobody' });
    expect({ ids, groups, USER, isRootAgain }).toEqual({
      ids: [uid, uid, gid, gid],
      groups: [gid],
      USER: 'nobody',
      isRootAgain: false,
    });
  });

  test('becomes a user without an account, silently', () => {
    const { HOME, ...rest } = assumed({ user: '54321', group: '54322' });
    expect(HOME).toBeUndefined();
    expect(rest).toEqual({ ids: [54321, 54321, 54322, 54322], groups: [54322], isRootAgain: false });
  });

  test('makes files with the modes that the umask leaves', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    const file = path.join(folder, 'made');
    assumed({ user: 'nobody', umask: 0o137, file });
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  test('says which user does not exist', () => {
    expect(assumed({ user: 'no-such-user' }).message).toBe(
      "There is no user 'no-such-user' on this machine.",
    );
  });

  const member = /^[^:]*:[^:]*:\d+:([^,:\n]+)/m.exec(readFileSync('/etc/group', 'utf8'))?.[1];

  test.runIf(member)('has all groups that its user has', () => {
    expect(assumed({ user: member }).groups).toEqual(idsOf('-G', member!).sort());
  });
});
