import { type Html, html } from '../../errors/html.ts';
import { highlight } from './highlight.ts';
import { readSource } from './source-file.ts';

const LINES_BEFORE = 5;
const LINES_AFTER = 4;

/** The lines around a place, the place marked with `>`; undefined for a file that a page may not show. */
export function excerpt(file: string, line: number): string | undefined {
  const lines = readSource(file)?.split(/\r?\n/);
  if (lines?.[line - 1] === undefined) return undefined;
  const first = Math.max(1, line - LINES_BEFORE);
  const shown = lines.slice(first - 1, line + LINES_AFTER);
  const width = String(first + shown.length).length;
  return shown
    .map((text, index) => {
      const number = first + index;
      return `${number === line ? '>' : ' '} ${String(number).padStart(width)} | ${text}`.trimEnd();
    })
    .join('\n');
}

/** Lines of a code frame, `> 3 | code`, those that begin with `>` marked. */
export function renderCode(codeFrame: string): Html {
  const lines = codeFrame.split('\n').map((line) => {
    const [, mark, gutter, code] = /^([> ]?)(\s*\d* \| ?)?(.*)$/.exec(line)!;
    return html`<span class="${mark === '>' ? 'marked' : ''}"><i class="comment"> ${gutter}</i>${highlight(code!)}</span>`;
  });
  return html`<pre class="code" tabindex="0" role="group" aria-label="Source">${lines}</pre>`;
}
