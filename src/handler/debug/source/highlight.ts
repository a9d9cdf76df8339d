import { type Html, html } from '../../errors/html.ts';

const TOKEN =
  /(?<comment>\/\/.*|\/\*.*?\*\/)|(?<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)|(?<keyword>[\w$]+)/g;

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'as async await break case catch class const continue default delete do else export extends finally for from ' +
    'function if implements import in instanceof interface let new null of return satisfies static switch throw ' +
    'true false try type typeof undefined while yield'
  ).split(' '),
);

/**
 * Highlights comments, strings and keywords in a line of TypeScript. It is not a parser, but accurate enough for an
 * excerpt.
 */
export function highlight(line: string): Html {
  const pieces: Html[] = [];
  let end = 0;
  for (const match of line.matchAll(TOKEN)) {
    const [kind, text] = Object.entries(match.groups!).find(([, text]) => text !== undefined)!;
    if (kind === 'keyword' && !KEYWORDS.has(text)) continue;
    pieces.push(html`${line.slice(end, match.index)}<i class="${kind}">${text}</i>`);
    end = match.index + text.length;
  }
  return html`${pieces}${line.slice(end)}`;
}
