import path from 'node:path';
import { CommandError } from '../../errors.ts';
import { statIfThere } from '../../files/stat-if-there.ts';
import { EXTENSIONS, isFile } from '../../loader/find-module.ts';
import { CONFIG_VARIABLE } from './sources/environment.ts';

interface ConfigPlaces {
  /** The value of `--config` on the command line. */
  readonly argvConfig?: string | undefined;
  /** The value of `--config` in RUNWSGI_CMD_ARGS. */
  readonly argsConfig?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The folder of the project. */
  readonly root: string;
}

const NAME = 'wsgi.config';

/**
 * Finds the configuration file by `--config`, otherwise by RUNWSGI_CMD_ARGS, otherwise by RUNWSGI_CONFIG. The default
 * is `wsgi.config.ts` (or another extension of a module) in the folder of the project, if it exists.
 *
 * @throws {CommandError} if a named file does not exist
 */
export function findConfig({ argvConfig, argsConfig, env, cwd, root }: ConfigPlaces): string | undefined {
  const [asker, named] =
    [
      ['--config', argvConfig],
      ['--config in RUNWSGI_CMD_ARGS', argsConfig],
      [CONFIG_VARIABLE, env[CONFIG_VARIABLE] || undefined],
    ].find(([, file]) => file !== undefined) ?? [];
  if (named === undefined) {
    return EXTENSIONS.map((ending) => path.join(root, NAME + ending)).find(isFile);
  }
  const file = path.resolve(cwd, named);
  if (isFile(file)) return file;
  const isFolder = statIfThere(file)?.isDirectory() ?? false;
  throw new CommandError(`${asker}: expected a file, found ${isFolder ? 'a folder' : 'none'} at '${file}'.`, {
    hint: isFolder
      ? `Name a file in it, such as '${path.join(named, `${NAME}.ts`)}'.`
      : `Correct the path, or leave it out: then ${NAME}.ts in the folder of the project is read, if it is there.`,
  });
}
