import { type Content, type Html, html } from '../errors/html.ts';
import { renderDocument } from './document.ts';
import { renderCause } from './error-page.ts';
import type { ExceptionReport } from './exception-report.ts';
import { exceptionText } from './exception-text.ts';
import { renderFooter, renderSummary, renderTable } from './page-parts.ts';
import type { FactGroup } from './request-facts.ts';
import { renderFrames } from './source/frame-list.ts';
import { ERROR_STYLES } from './styles.ts';

/** The technical 500 page. */
export function exceptionPage(report: ExceptionReport): string {
  const { title, error, hint, causes, causesNote, facts, request, settings, footnote } = report;
  return renderDocument({
    title,
    styles: ERROR_STYLES,
    body: html`${renderSummary({ kicker: title, message: error.message, hint, facts: renderTable(facts, 'facts') })}
<main class="wrap">
<h2>Traceback <small>newest call first</small></h2>
${renderFrames(error.frames)}
${causes.map((cause) => renderCause(cause, cause.frames))}
${causesNote === undefined ? undefined : html`<p class="note">${causesNote}</p>`}
<h2>Request</h2>
${request.map(renderGroup)}
${renderFold('Settings', 'secrets hidden', renderTable(settings))}
${renderFold('Plain text', 'to copy and paste', html`<pre class="plain" tabindex="0" role="group" aria-label="Plain text">${exceptionText(report)}</pre>`)}
</main>
${renderFooter(footnote)}`,
  });
}

function renderGroup({ title, facts, otherwise, isFolded }: FactGroup): Html {
  if (isFolded) return renderFold(title, 'secrets hidden', renderTable(facts));
  const content = facts.length > 0 ? renderTable(facts) : html`<p class="empty">${otherwise}</p>`;
  return html`<h3>${title}</h3>${content}`;
}

function renderFold(title: string, aside: string, content: Content): Html {
  return html`<details class="fold"><summary>${title} <small>${aside}</small></summary>${content}</details>`;
}
