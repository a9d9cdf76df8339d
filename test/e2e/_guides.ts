import { readFileSync } from 'node:fs';

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

/** What tests change in a guide, as docs/deploy/README.md tells its readers: "What to change". */
export type Substitutions = Readonly<Record<string, string>>;

/** Puts other paths, names and ports in the place of the guide's. Whole words only, so that `80` is no part of `8000`. */
export function substitute(text: string, substitutions: Substitutions): string {
  const escaped = Object.keys(substitutions).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\w.-])(?:${escaped.join('|')})(?![\\w-])`, 'g');
  return text.replace(pattern, (found) => substitutions[found]!);
}
