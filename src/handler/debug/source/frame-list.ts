import type { Environ } from '../../../wsgi/types.ts';
import { type Content, type Html, html } from '../../errors/html.ts';
import { excerpt, renderCode } from './code-lines.ts';
import { editorAction, openButton } from './open-button.ts';
import type { StackFrame } from './stack-frames.ts';

/** A frame with the source around it, for those of the site. */
export interface ShownFrame extends StackFrame {
  readonly code: string | undefined;
  /** The URL that opens it in an editor. */
  readonly action: string | undefined;
}

/** Reads the source around the frames of the site. */
export function withCode(frames: readonly StackFrame[], environ: Environ): readonly ShownFrame[] {
  return frames.map((frame) => {
    const code = frame.isSite && frame.file ? excerpt(frame.file, frame.line) : undefined;
    return { ...frame, code, action: frame.isSite ? editorAction(environ, frame) : undefined };
  });
}

/** A stack as a list, the first frame with code unfolded. */
export function renderFrames(frames: readonly ShownFrame[]): Html {
  if (frames.length === 0) return html`<p class="empty">No stack.</p>`;
  const unfolded = frames.find((frame) => frame.code !== undefined);
  return html`<ol class="frames">${frames.map((frame) => renderFrame(frame, frame === unfolded))}</ol>`;
}

function renderFrame(frame: ShownFrame, isOpen: boolean): Content {
  const head = html`<b>${frame.name ?? '(anonymous)'}</b><span>${frame.place}</span>`;
  if (frame.code === undefined) {
    return html`<li class="${frame.isSite ? 'site' : 'dim'}"><div class="frame">${head}</div>${openButton(frame.action)}</li>`;
  }
  const open = isOpen ? html` open` : undefined;
  return html`<li class="site"><details${open}><summary class="frame">${head}</summary>${openButton(frame.action)}${renderCode(frame.code)}</details></li>`;
}

/** The same as text, with the code of the first frame that has some. */
export function framesText(frames: readonly ShownFrame[]): string {
  const unfolded = frames.find((frame) => frame.code !== undefined);
  const lines = frames.map((frame) => {
    const code = frame === unfolded ? `\n${frame.code!.replace(/^/gm, '    ')}` : '';
    return `  at ${frame.name ?? '(anonymous)'} (${frame.place})${code}`;
  });
  return lines.join('\n');
}
