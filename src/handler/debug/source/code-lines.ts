import { codeFrame } from '../../../files/code-frame.ts';
import { type Html, html } from '../../errors/html.ts';
import { highlight } from './highlight.ts';
import { readSource } from './source-file.ts';

/** The lines around a place, which is marked with `>`; undefined if a page may not show the file. */
export function excerpt(file: string, line: number, read = readSource): string | undefined {
  const source = read(file);
  return source === undefined ? undefined : codeFrame({ file, line }, source, { before: 5, after: 4 });
}

/** Formats the lines of a code frame, `> 3 | code`. Lines that begin with `>` are marked. */
export function renderCode(codeFrame: string): Html {
  const lines = codeFrame.split('\n').map((line) => {
    const [, mark, gutter, code] = /^([> ]?)(\s*\d* \| ?)?(.*)$/.exec(line)!;
    return html`<span class="${mark === '>' ? 'marked' : ''}"><i class="comment"> ${gutter}</i>${highlight(code!)}</span>`;
  });
  return html`<pre class="code" tabindex="0" role="group" aria-label="Source">${lines}</pre>`;
}
