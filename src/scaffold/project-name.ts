import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { CommandError } from '../errors.ts';
import { foldersFrom } from '../files/folders-above.ts';

const IDENTIFIER = /^[\p{ID_Start}_]\p{ID_Continue}*$/u;
const RESERVED_WORDS = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null package ' +
    'private protected public return static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

/**
 * Checks that a site may have this name, without loading any module.
 * @throws {CommandError} whose hint is the nearest name that may be used.
 */
export function checkProjectName(name: string, cwd: string): void {
  const objection = objectionTo(name, cwd);
  if (objection === undefined) return;
  throw new CommandError(objection, { hint: `Try '${nearestName(name, cwd)}' instead.` });
}

/** @param pattern The pattern of the site's `.gitignore` that matches a folder with that name. */
export function nameIgnoredByGit(name: string, pattern: string): CommandError {
  return new CommandError(
    `A project cannot be called '${name}': '${pattern}' in the site's .gitignore leaves that folder out of git.`,
    { hint: `Try '${name}_site' instead.` },
  );
}

function objectionTo(name: string, cwd: string): string | undefined {
  if (!IDENTIFIER.test(name)) {
    return `A project cannot be called '${name}': expected letters, digits and underscores, no digit first.`;
  }
  const kind = RESERVED_WORDS.has(name) ? 'a reserved word of JavaScript' : moduleCalled(name, cwd);
  return kind && `A project cannot be called '${name}': that is ${kind}.`;
}

function moduleCalled(name: string, cwd: string): string | undefined {
  if (name === 'startproject') return 'the name of this package';
  if (name === 'node_modules') return 'the folder of installed packages';
  // Some modules, such as node:test, exist only with the prefix.
  if (isBuiltin(name) || isBuiltin(`node:${name}`)) return 'the name of a module of Node.js';
  for (const folder of foldersFrom(cwd)) {
    const packages = join(folder, 'node_modules');
    if (existsSync(join(packages, name))) return `the name of a package in '${packages}'`;
  }
  return undefined;
}

function nearestName(name: string, cwd: string): string {
  const words = name.match(/\p{ID_Continue}+/gu) ?? [];
  const joined = words.join('_').replace(/^_+|_+$/g, '') || 'mysite';
  const identifier = IDENTIFIER.test(joined) ? joined : `_${joined}`;
  return objectionTo(identifier, cwd) === undefined ? identifier : `${identifier}_site`;
}
