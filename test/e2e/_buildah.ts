import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { type Outcome, Program, run } from './_program.ts';

/** What an image says about its start. */
export interface ImageConfig {
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
  readonly User: string;
  readonly WorkingDir: string;
}

/** Builds and runs images in a folder of its own: without a daemon, and without a registry of images. */
export class Buildah {
  readonly #program: string;
  readonly #folder = temporaryFolder();
  readonly #options = ['--root', `${this.#folder}/images`, '--runroot', `${this.#folder}/run`];

  constructor(program: string) {
    this.#program = program;
  }

  /** Runs a command of buildah, which must succeed. Gives what it prints. */
  async do(...words: readonly string[]): Promise<string> {
    const { status, stdout, stderr }: Outcome = await run(this.#program, this.#words(words), this.#folder);
    if (status !== 0) throw new Error(`buildah ${words.join(' ')} failed:\n${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Starts a command of buildah that goes on until the test ends it. */
  start(...words: readonly string[]): Program {
    return new Program(this.#program, this.#words(words), this.#folder);
  }

  /** An image with this Node, npm and a shell, in place of one that would be pulled. */
  async makeNodeImage(name: string, node: string): Promise<void> {
    const container = await this.do('from', 'scratch');
    putNode(node, await this.do('mount', container));
    await this.do('config', '--env', 'PATH=/usr/local/bin:/usr/bin:/bin', container);
    await this.do('commit', '--rm', container, name);
  }

  async configOf(image: string): Promise<ImageConfig> {
    return JSON.parse(await this.do('inspect', '--type', 'image', image)).OCIv1.config;
  }

  #words(words: readonly string[]): string[] {
    return [...this.#options, '--storage-driver', 'vfs', ...words];
  }
}

/** Puts the files that the official images of Node have into a folder, as far as a site needs them. */
function putNode(node: string, root: string): void {
  const npm = path.resolve(
    realpathSync(spawnSync('which', ['npm'], { encoding: 'utf8' }).stdout.trim()),
    '../..',
  );
  const programs = { '/usr/local/bin/node': node, '/bin/sh': '/bin/sh', '/usr/bin/env': '/usr/bin/env' };
  for (const [place, program] of Object.entries(programs)) {
    copy(program, root + place);
    for (const library of librariesOf(program)) copy(library, root + library);
  }
  // A part of glibc that packages with compiled code need, and Node does not.
  const [realtime] = librariesOf(node)
    .map((file) => path.join(path.dirname(file), 'librt.so.1'))
    .filter(existsSync);
  if (realtime !== undefined) copy(realtime, root + realtime);
  cpSync(npm, `${root}/usr/local/lib/node_modules/npm`, { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', `${root}/usr/local/bin/npm`);
  writeFiles(root, {
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n',
    'etc/group': 'root:x:0:\nnode:x:1000:\n',
    // Nothing but the packages is asked for.
    'usr/local/etc/npmrc': 'audit=false\nfund=false\nupdate-notifier=false\n',
  });
  for (const folder of ['root', 'home/node', 'tmp'])
    mkdirSync(`${root}/${folder}`, { recursive: true, mode: 0o1777 });
}

function librariesOf(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, file]) => file!);
}

function copy(file: string, place: string): void {
  mkdirSync(path.dirname(place), { recursive: true });
  copyFileSync(file, place);
}

/** The user that a process runs as. */
export function userOf(pid: number): number {
  return Number(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]);
}
