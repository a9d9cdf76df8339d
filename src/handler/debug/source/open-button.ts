import path from 'node:path';
import type { SourceLocation } from '../../../errors.ts';
import type { Environ } from '../../../wsgi/types.ts';
import { type Html, html } from '../../errors/html.ts';
import { EDITOR, type WithEditor } from '../../errors/page-access.ts';
import { showPath } from './stack-frames.ts';

/** The URL that opens a place; undefined without a server for that, and for a file outside of the project. */
export function editorAction(
  environ: Environ | undefined,
  { file, line, column }: Partial<SourceLocation>,
): string | undefined {
  const base = (environ as WithEditor | undefined)?.[EDITOR];
  if (base === undefined || !file || !path.isAbsolute(file)) return undefined;
  const shown = showPath(file);
  if (path.isAbsolute(shown) || shown.startsWith('..')) return undefined;
  return `${base}&place=${encodeURIComponent([file, line ?? 1, column ?? 1].join(':'))}`;
}

/** A form, which works without scripts and therefore under every policy. The browser stays on the page. */
export function openButton(action: string | undefined): Html | undefined {
  if (action === undefined) return undefined;
  return html`<form class="open" method="post" action="${action}"><button>Open in editor</button></form>`;
}
