import { runTool } from './run-tool.ts';

const COMMIT_MESSAGE = 'Initial commit';

/** The git commands for the user to run. */
export const GIT_BY_HAND = `git init && git add --all && git commit -m "${COMMIT_MESSAGE}"`;

/** Makes a repository with a first commit, unless `cwd` is inside of one. @throws {CommandError} if git fails. */
export async function createRepository(
  cwd: string,
  signal: AbortSignal,
): Promise<'created' | 'inside another'> {
  if (await isInsideRepository(cwd, signal)) return 'inside another';
  const commands = [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', COMMIT_MESSAGE],
  ];
  for (const args of commands)
    await runTool('git', args, { cwd, signal, stdio: ['inherit', 'ignore', 'inherit'] });
  return 'created';
}

async function isInsideRepository(cwd: string, signal: AbortSignal): Promise<boolean> {
  return runTool('git', ['rev-parse', '--is-inside-work-tree'], { cwd, signal, stdio: 'ignore' }).then(
    () => true,
    () => false, // Or git is missing, which the next command reports.
  );
}
