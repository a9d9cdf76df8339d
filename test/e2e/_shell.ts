import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Files, temporaryFolder } from '../_temp-folder.ts';
import { descendants, SITE } from './_runserver.ts';

const RUNSERVER = fileURLToPath(new URL('../../bin/runserver.js', import.meta.url));
const PROMPT = 'ready> ';

export const HAS_SHELL = existsSync('/usr/bin/script') && existsSync('/bin/bash');

/** A shell with job control on a terminal, in the folder of a site. `script` of util-linux gives it the terminal. */
export class Shell {
  readonly root: string;
  readonly #child;
  readonly exit: Promise<unknown>;
  output = '';
  #seen = 0;
  #terminal = '';

  private constructor(files: Files) {
    this.root = temporaryFolder({ ...SITE, ...files });
    const { CI: _, NODE_EXTRA_CA_CERTS: __, NO_COLOR: ___, FORCE_COLOR: ____, ...env } = process.env;
    this.#child = spawn(
      'script',
      ['-qfec', `PS1='${PROMPT}' exec /bin/bash --norc --noprofile -i`, '/dev/null'],
      {
        cwd: this.root,
        env: {
          ...env,
          TERM: 'xterm-256color',
          XDG_CACHE_HOME: path.join(this.root, '.cache'),
        },
      },
    );
    this.exit = once(this.#child, 'exit');
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    onTestFinished(() => {
      const { pid } = this.#child;
      if (pid !== undefined) for (const process of [...descendants(pid), pid]) end(process);
    });
  }

  static async open(files: Files = {}): Promise<Shell> {
    const shell = new Shell(files);
    await shell.saw(/ready> /);
    shell.type('tty\r');
    const [terminal] = await shell.saw(/\/dev\/pts\/\d+/);
    shell.#terminal = terminal!;
    return shell;
  }

  /** The process of the shell's `script`, from which all others descend. */
  get pid(): number {
    return this.#child.pid!;
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** Starts runserver and waits until it serves. Returns its URL. */
  async runserver(end = ''): Promise<string> {
    this.type(`'${process.execPath}' '${RUNSERVER}' 0 ${end}\r`);
    return (await this.saw(/Development server at \S*(http:\/\/[\d.:]+\/)/))[1]!;
  }

  /** Waits for what has not been seen yet. */
  async saw(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output.slice(this.#seen));
      if (match) {
        this.#seen += match.index + match[0].length;
        return match;
      }
      await once(this.#child.stdout, 'data');
    }
  }

  /** The mode of the terminal, as `stty` prints it for another one to be set to. */
  mode(): string {
    return execFileSync('stty', ['-F', this.#terminal, '-g'], { encoding: 'utf8' });
  }

  isRaw(): boolean {
    return / -icanon /.test(execFileSync('stty', ['-F', this.#terminal, '-a'], { encoding: 'utf8' }));
  }

  /** Closes the terminal, as its window does. */
  hangUp(): void {
    this.#child.kill('SIGKILL');
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
