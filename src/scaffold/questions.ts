import { createInterface } from 'node:readline/promises';
import { CommandError } from '../errors.ts';
import { checkProjectName } from './project-name.ts';

interface Answers {
  readonly name: string;
  readonly install: boolean;
  readonly git: boolean;
}

export interface Interview {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly cwd: string;
  /** The answers that flags have given. */
  readonly known: { readonly install?: boolean | undefined; readonly git?: boolean | undefined };
  /** Aborted by Ctrl-C and by the end of the input. */
  readonly interruption: AbortController;
}

/** Asks on a terminal for everything that the command line does not specify. */
export async function askQuestions({ input, output, cwd, known, interruption }: Interview): Promise<Answers> {
  const readline = createInterface({ input, output });
  const { signal } = interruption;
  const interrupt = () => interruption.abort('SIGINT');
  readline.once('SIGINT', interrupt).once('close', interrupt);

  const ask = async (text: string) => (await readline.question(text, { signal })).trim();
  const agree = async (text: string) => !/^n/i.test(await ask(`${text} [Y/n] `));
  async function askName(): Promise<string> {
    const name = (await ask('Name of the project [mysite]: ')) || 'mysite';
    try {
      checkProjectName(name, cwd);
      return name;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      output.write(`${error.message} ${error.hint}\n`);
      return askName();
    }
  }

  try {
    return {
      name: await askName(),
      install: known.install ?? (await agree('Install its packages?')),
      git: known.git ?? (await agree('Make a git repository?')),
    };
  } finally {
    readline.off('close', interrupt).close();
  }
}
