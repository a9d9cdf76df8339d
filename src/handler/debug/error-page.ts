import type { SourceLocation } from '../../errors.ts';
import type { Environ } from '../../wsgi/types.ts';
import { type Html, html } from '../errors/html.ts';
import { renderDocument } from './document.ts';
import { renderSummary } from './page-parts.ts';
import { renderCode } from './source/code-lines.ts';
import { framesText, renderFrames, type ShownFrame } from './source/frame-list.ts';
import { editorAction, openButton } from './source/open-button.ts';
import { parseStack, showPath } from './source/stack-frames.ts';
import { ERROR_STYLES } from './styles.ts';

/** The content of an error page. All values are text, not HTML. */
export interface ErrorPage {
  /** The failure: `mysite/wsgi.ts failed to load`. */
  readonly title: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly location?: SourceLocation;
  /** The lines around the location; those that begin with `>` are marked. */
  readonly codeFrame?: string;
  /** `error.stack`. */
  readonly stack?: string;
  readonly causes?: readonly ErrorCause[];
  /** Further information: `The server loads the site again when you save.` */
  readonly note?: string;
  /** The environ of the request that is answered with the page. */
  readonly environ?: Environ;
}

export interface ErrorCause {
  /** The class of the error: `TypeError`. */
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/**
 * A page for an error outside of any request, such as a site that does not load.
 *
 * @returns A whole HTML document that needs nothing else, or plain text.
 */
export function renderErrorPage(page: ErrorPage, { html: isHtml }: { readonly html: boolean }): string {
  return isHtml ? renderHtml(page) : renderText(page);
}

function renderHtml(page: ErrorPage): string {
  const { title, message, hint, location, codeFrame, stack, causes = [], note, environ } = page;
  const frames = withoutForeign(page, framesOf(stack, message, environ));
  const place = location && showLocation(location);
  // The place is shown below the message, so it is removed from the message.
  const heading = message.startsWith(`${place}: `) ? message.slice(`${place}: `.length) : message;
  return renderDocument({
    title,
    styles: ERROR_STYLES,
    body: html`${renderSummary({ kicker: title, message: heading, hint, place: location && renderLocation(location, environ) })}
<main class="wrap">
${codeFrame === undefined ? undefined : html`<div class="boxed">${renderCode(codeFrame)}</div>`}
${frames.length > 0 ? html`<h2>Traceback <small>newest call first</small></h2>${renderFrames(frames)}` : undefined}
${causes.map((cause) => renderCause(cause, framesOf(cause.stack, cause.message, environ)))}
${note === undefined ? undefined : html`<p class="note">${note}</p>`}
</main>`,
  });
}

function renderText(page: ErrorPage): string {
  const { title, message, hint, location, codeFrame, stack, causes = [], note } = page;
  const frames = withoutForeign(page, framesOf(stack, message));
  const sections = [
    `${title}\n\n${message}`,
    location && `At ${showLocation(location)}`,
    codeFrame,
    hint && `Hint: ${hint}`,
    frames.length > 0 ? `Traceback, newest call first:\n${framesText(frames)}` : undefined,
    ...causes.map((cause) => causeText(cause, framesOf(cause.stack, cause.message))),
    note,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

export function renderCause({ name, message }: ErrorCause, frames: readonly ShownFrame[]): Html {
  return html`<h2>Caused by</h2>
<p class="cause"><b>${name}</b> ${message}</p>
${renderFrames(frames)}`;
}

export function causeText({ name, message }: ErrorCause, frames: readonly ShownFrame[]): string {
  return `Caused by ${name}: ${message}\n${framesText(frames)}`;
}

function framesOf(stack: string | undefined, message: string, environ?: Environ): readonly ShownFrame[] {
  return parseStack(stack ?? '', message).map((frame) => ({
    ...frame,
    code: undefined,
    action: frame.isSite ? editorAction(environ, frame) : undefined,
  }));
}

/** Omits a stack without a frame of the site if the code is shown, since it would only show how the site is loaded. */
function withoutForeign({ codeFrame }: ErrorPage, frames: readonly ShownFrame[]): readonly ShownFrame[] {
  return codeFrame === undefined || frames.some(({ isSite }) => isSite) ? frames : [];
}

function renderLocation(location: SourceLocation, environ?: Environ): Html {
  return html`<span>${showLocation(location)}</span>${openButton(editorAction(environ, location))}`;
}

function showLocation({ file, line, column }: SourceLocation): string {
  return [showPath(file), line, column].filter((part) => part !== undefined).join(':');
}
