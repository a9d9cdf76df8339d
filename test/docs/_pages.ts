import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A request and its response as a page shows them: `POST /notes/ text=Hello -> 302 /notes/`. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** A form, or JSON. */
  readonly body: string | undefined;
  readonly status: number;
  /** What the body has in it, or the whole Location of a redirect. */
  readonly expected: string;
  /** Of the response: the indented lines below it. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A fenced block of requests, with the settings and the address that stand behind its language. */
export interface Exchanges {
  readonly settings: string;
  readonly baseUrl: string;
  readonly list: readonly Exchange[];
}

/** What a reader does at once: writes the files that a page shows, then looks what the site answers. */
export interface Step {
  /** `urls: Methods`; with a number from the second on below a heading. */
  readonly name: string;
  /** Files of the site as a reader has them who has followed the page up to here. */
  readonly files: Readonly<Record<string, string>>;
  readonly exchanges: readonly Exchanges[];
  /** Test files of the site, those of this step alone. */
  readonly tests: readonly string[];
  /** Code in a language that is checked, without the name of a file in its first line. */
  readonly nameless: readonly string[];
}

/** The Markdown files of a folder of the repository, without their ending. */
export function pagesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name.replace(/\.md$/, '')));
}

/** Headings, blocks, and the mark in front of a heading from which on nothing of the site before counts. */
const PARTS = /^<!-- (a new site) -->$|^## (.+)$|^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm;
/** A comment in the first line, of any language that there is. */
const FILE_NAME = /^(?:\/\/|#|<!--|\/\*|\{#) ((?:[\w.-]+\/)*[\w-]*\.[\w.]+)(?: -->| \*\/| #\})?\n/;

/** The steps of a page. */
export function stepsOf(page: string): Step[] {
  const text = readFileSync(path.join(ROOT, `${page}.md`), 'utf8');
  const steps: Step[] = [];
  let files: Record<string, string> = {};
  let heading = 'start';
  let count = 0;
  for (const [, mark, title, language, info, code] of text.matchAll(PARTS)) {
    if (mark !== undefined) {
      files = {};
      continue;
    }
    if (title !== undefined) {
      heading = title;
      count = 0;
      continue;
    }
    const file = FILE_NAME.exec(code!)?.[1];
    if (file !== undefined) files = { ...files, [file]: code! };
    const last = steps.at(-1);
    const isOver = count === 0 || (file !== undefined && last!.exchanges.length > 0);
    if (isOver) count++;
    const name = `${path.relative('docs', page)}: ${heading}${count > 1 ? ` (${count})` : ''}`;
    const step = isOver ? { name, exchanges: [], tests: [], nameless: [] } : steps.pop()!;
    const isNameless = /^[jt]sx?$/.test(language!) && file === undefined;
    steps.push({
      name: step.name,
      files,
      exchanges: language === 'http' ? [...step.exchanges, exchangesOf(info!, code!)] : step.exchanges,
      tests: file?.includes('.test.') ? [...step.tests, file] : step.tests,
      nameless: isNameless ? [...step.nameless, code!] : step.nameless,
    });
  }
  return steps;
}

function exchangesOf(info: string, code: string): Exchanges {
  const [settings = 'mysite.settings', baseUrl = 'http://localhost/'] = info
    .trim()
    .split(' ')
    .filter(Boolean);
  const list: Exchange[] = [];
  for (const line of code.split('\n').filter(Boolean)) {
    const header = /^ +([\w-]+): (.*)$/.exec(line);
    const exchange = /^([A-Z]+) (\S+)(?: +(\S.*?))? +-> (\d{3}) ?(.*)$/.exec(line);
    if (header) {
      const last = list.pop()!;
      list.push({ ...last, headers: [...last.headers, [header[1]!, header[2]!]] });
    } else if (exchange) {
      const [, method, url, body, status, expected] = exchange;
      list.push({
        method: method!,
        url: url!,
        body,
        status: Number(status),
        expected: expected!,
        headers: [],
      });
    } else throw new Error(`No request and response: ${line}`);
  }
  return { settings, baseUrl, list };
}
