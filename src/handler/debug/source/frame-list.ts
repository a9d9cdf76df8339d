import type { Environ } from '../../../wsgi/types.ts';
import { type Content, type Html, html } from '../../errors/html.ts';
import { excerpt, renderCode } from './code-lines.ts';
import { circleNote, foldRepeats, timesNote } from './frame-runs.ts';
import { editorAction, openButton } from './open-button.ts';
import { sourceReader } from './source-file.ts';
import type { StackFrame } from './stack-frames.ts';

/** A frame, with the source around it if it is the site's. */
export interface ShownFrame extends StackFrame {
  readonly code: string | undefined;
  /** The URL that opens the place in an editor. */
  readonly action: string | undefined;
}

/** Reads the source around the frames of the site. */
export function withCode(frames: readonly StackFrame[], environ: Environ): readonly ShownFrame[] {
  const read = sourceReader();
  return frames.map((frame) => {
    const code = frame.isSite && frame.file ? excerpt(frame.file, frame.line, read) : undefined;
    return { ...frame, code, action: frame.isSite ? editorAction(environ, frame) : undefined };
  });
}

/** A longer sequence of frames of packages and of Node is folded. */
const MOST_FOREIGN = 3;

/**
 * A stack as a list. The first frame with code is unfolded. If there are frames of the site, the other frames are
 * folded.
 */
export function renderFrames(frames: readonly ShownFrame[]): Html {
  if (frames.length === 0) return html`<p class="empty">No stack.</p>`;
  const unfolded = frames.find((frame) => frame.code !== undefined);
  const hasSite = frames.some((frame) => frame.isSite);
  const items = runsOf(frames).map((run) => {
    const rendered = foldRepeats(run).flatMap((repeat) => {
      const shown = repeat.frames.map((frame) => renderFrame(frame, timesNote(repeat), frame === unfolded));
      const note = circleNote(repeat);
      return note === undefined
        ? shown
        : [...shown, html`<li class="dim"><div class="frame">… ${note}</div></li>`];
    });
    if (!hasSite || run[0]!.isSite || run.length <= MOST_FOREIGN) return rendered;
    const label = html`${run.length} frames of packages and Node`;
    return html`<li class="dim"><details><summary class="frame">${label}</summary><ol>${rendered}</ol></details></li>`;
  });
  return html`<ol class="frames">${items}</ol>`;
}

/** Groups consecutive frames: all of them the site's, or none of them. */
function runsOf(frames: readonly ShownFrame[]): readonly (readonly ShownFrame[])[] {
  const runs: ShownFrame[][] = [];
  for (const frame of frames) {
    const last = runs.at(-1);
    if (last !== undefined && last[0]!.isSite === frame.isSite) last.push(frame);
    else runs.push([frame]);
  }
  return runs;
}

function renderFrame(frame: ShownFrame, note: string, isOpen: boolean): Content {
  const name = frame.name === undefined ? undefined : html`<b>${frame.name}</b>`;
  const head = html`${name}<span>${frame.place}${note}</span>`;
  if (frame.code === undefined) {
    return html`<li class="${frame.isSite ? 'site' : 'dim'}"><div class="frame">${head}</div>${openButton(frame.action)}</li>`;
  }
  const open = isOpen ? html` open` : undefined;
  return html`<li class="site"><details${open}><summary class="frame">${head}</summary>${openButton(frame.action)}${renderCode(frame.code)}</details></li>`;
}

/** The stack as text, with the code of the first frame that has code. */
export function framesText(frames: readonly ShownFrame[]): string {
  const unfolded = frames.find((frame) => frame.code !== undefined);
  const lines = foldRepeats(frames).flatMap((repeat) => {
    const shown = repeat.frames.map((frame) => {
      const code = frame === unfolded ? `\n${frame.code!.replace(/^/gm, '    ')}` : '';
      const place = frame.name === undefined ? frame.place : `${frame.name} (${frame.place})`;
      return `  at ${place}${timesNote(repeat)}${code}`;
    });
    const note = circleNote(repeat);
    return note === undefined ? shown : [...shown, `  … ${note}`];
  });
  return lines.join('\n');
}
