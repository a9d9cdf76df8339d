import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Files, temporaryFolder, writeFiles } from '../_temp-folder.ts';
import { Command } from './_runserver.ts';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** A key for production. */
export const KEY = { SECRET_KEY: 'of-a-test-and-long-enough-to-be-one-of-production-0123456789' };

/** A fenced block of a guide. */
export interface Block {
  /** The last heading above it, without the number signs. */
  readonly heading: string;
  /** What stands behind the fence: `nginx`, `sh`. */
  readonly language: string;
  readonly text: string;
}

/** The text of a guide in docs/deploy. */
export function guide(name: string): string {
  return readFileSync(new URL(`../../docs/deploy/${name}.md`, import.meta.url), 'utf8');
}

/** All fenced blocks of a guide, in their order. */
export function blocksOf(name: string): Block[] {
  const pattern = /^## (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm;
  let heading = '';
  return [...guide(name).matchAll(pattern)].flatMap(([, title, language, text]) => {
    if (title !== undefined) heading = title;
    return language === undefined ? [] : [{ heading, language, text: text! }];
  });
}

/** The block of a language below a heading. There must be one. */
export function blockOf(name: string, language: string, heading?: string): string {
  const found = blocksOf(name).find(
    (block) => block.language === language && (heading === undefined || block.heading === heading),
  );
  if (!found) throw new Error(`docs/deploy/${name}.md has no \`\`\`${language} below "${heading ?? 'any'}".`);
  return found.text;
}

/** The files of a guide that name their paths in the first line. */
export function filesOf(name: string, heading?: string): Files {
  return Object.fromEntries(
    blocksOf(name)
      .filter((block) => heading === undefined || block.heading === heading)
      .flatMap(({ text }) => {
        const file = /^(?:\/\/|#) (\S+)\n/.exec(text)?.[1];
        return file === undefined ? [] : [[file, text]];
      }),
  );
}

/** What `startproject mysite` makes in an empty folder, and these files. */
export async function newSite(files: Files = {}): Promise<string> {
  const root = temporaryFolder();
  const command = new Command('startproject.js', ['mysite', root], { cwd: root });
  const { code } = await command.exit;
  if (code !== 0) throw new Error(`startproject ended with ${code}:\n${command.output}`);
  writeFiles(root, files);
  return root;
}

/** The same, with the package where npm would put it. */
export async function installedSite(files: Files = {}): Promise<string> {
  const root = await newSite(files);
  mkdirSync(path.join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(PACKAGE, path.join(root, 'node_modules/startproject'));
  for (const name of ['runwsgi', 'runfcgi'])
    symlinkSync(`${PACKAGE}bin/${name}.js`, path.join(root, `node_modules/.bin/${name}`));
  return root;
}

/** What tests change in a guide, as docs/deploy/README.md tells its readers: "What to change". */
export type Substitutions = Readonly<Record<string, string>>;

/** Puts other paths, names and ports in the place of the guide's. Whole words only, so that `80` is not part of `8000`. */
export function substitute(text: string, substitutions: Substitutions): string {
  const escaped = Object.keys(substitutions).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\w.-])(?:${escaped.join('|')})(?![\\w-])`, 'g');
  return text.replace(pattern, (found) => substitutions[found]!);
}
