import path from 'node:path';
import { CommandError } from '../../errors.ts';
import { explainSocketError, makeRoomForSocket } from '../binding/socket-file.ts';
import { abstractName, rootKey, type ServerAddress, socketFileName } from './address.ts';
import { isControlPath } from './control-name.ts';
import { ControlServer, type Served } from './control-server.ts';
import type { Controllable } from './controllable.ts';
import { makeOwnTemporaryFolder, privateFolders, removeOwnTemporaryFolder } from './private-folders.ts';
import { Secret } from './secret.ts';

interface ControlOptions {
  /** The project's root. A client that is started in the same project finds the server by it. */
  readonly root: string;
  /**
   * The value of `--control`: a name that distinguishes servers of one project, or the path of a socket, which contains
   * a slash.
   */
  readonly name?: string;
  /** The value of `--pid`. The socket can be in the folder of this file. */
  readonly pidFile?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly controllable: Controllable;
  /** Called with one line when the path of `--control` cannot be used. Other failures are silent. @default ignored */
  readonly onNotice?: (text: string) => void;
}

export interface Control {
  /** The address of the channel, for a log; undefined if there is no channel. */
  readonly place: string | undefined;
  /**
   * Closes the channel and removes its file; a second call does nothing. It must be called last, since `runwsgi stop`
   * treats the end of its connection as the end of the server.
   */
  close(): void;
}

/** The space in `sockaddr_un` on macOS, which is smaller than on Linux. */
const MAX_PATH_LENGTH = 103;

/**
 * Opens the control channel of this process. It never fails: if no socket is possible, there is no channel. On Linux,
 * the channel is an abstract socket with a secret, which leaves no file behind however the process ends. Otherwise it
 * is a socket file of mode 0600 in a private folder of the user.
 */
export async function openControl({
  root,
  name,
  pidFile,
  env,
  controllable,
  onNotice = () => {},
}: ControlOptions): Promise<Control> {
  const served = { controllable, root };
  if (name !== undefined && isControlPath(name)) {
    try {
      return await openAt(path.resolve(name), served);
    } catch (error) {
      onNotice(`There is no control channel: ${(error as Error).message}`);
      return NONE;
    }
  }
  const address: ServerAddress = { pid: process.pid, rootKey: rootKey(root), ...(name && { name }) };
  return (
    (await openAbstract(address, served)) ?? (await openInFolder(address, { env, pidFile }, served)) ?? NONE
  );
}

const NONE: Control = { place: undefined, close() {} };

async function openAbstract(address: ServerAddress, served: Served): Promise<Control | undefined> {
  const secret = process.platform === 'linux' ? Secret.create() : undefined;
  if (secret === undefined) return undefined;
  const server = new ControlServer(served, secret);
  const place = abstractName(address);
  try {
    await server.listen(`\0${place}`);
    return { place: `@${place}`, close: () => server.close() };
  } catch {
    secret.close();
    return undefined; // The kernel does not have abstract sockets, or a security rule forbids them.
  }
}

async function openInFolder(
  address: ServerAddress,
  choice: { readonly env: NodeJS.ProcessEnv; readonly pidFile: string | undefined },
  served: Served,
): Promise<Control | undefined> {
  for (const folder of privateFolders(choice, makeOwnTemporaryFolder)) {
    try {
      return await openAt(path.join(folder, socketFileName(address)), served);
    } catch {
      // The next folder is tried.
    }
  }
  removeOwnTemporaryFolder();
  return undefined;
}

/** @throws the reason why the socket cannot be opened */
async function openAt(file: string, served: Served): Promise<Control> {
  if (Buffer.byteLength(file) > MAX_PATH_LENGTH) {
    throw new CommandError(
      `The path of a socket has at most ${MAX_PATH_LENGTH} bytes, and '${file}' has more.`,
    );
  }
  await makeRoomForSocket(file);
  const server = new ControlServer(served);
  await server.listen(file).catch(async (error) => {
    throw await explainSocketError(error, file);
  });
  const close = () => {
    process.off('exit', close);
    server.close();
    removeOwnTemporaryFolder();
  };
  process.on('exit', close);
  return { place: file, close };
}
