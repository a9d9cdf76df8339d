import { type Content, type Html, html } from '../errors/html.ts';
import type { Facts } from './request-facts.ts';
import { openButton } from './source/open-button.ts';

interface Summary {
  readonly kicker: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly place?: Content;
  readonly facts?: Content;
}

/** The top of every error page: the problem and the solution. */
export function renderSummary({ kicker, message, hint, place, facts }: Summary): Html {
  return html`<header class="summary"><div class="wrap">
<p class="kicker">${kicker}</p>
<h1>${message}</h1>
${hint === undefined ? undefined : html`<p class="hint">${hint}</p>`}
${place === undefined ? undefined : html`<div class="place">${place}</div>`}
${facts}
</div></header>`;
}

export function renderTable(facts: Facts, className = ''): Html {
  const rows = facts.map(
    ([name, value, action]) =>
      html`<tr><th scope="row">${name}</th><td>${action === undefined ? value : html`<span>${value}</span>${openButton(action)}`}</td></tr>`,
  );
  return html`<table class="${className}">${rows}</table>`;
}

export function renderFooter(footnote: string): Html {
  return html`<footer><div class="wrap">${footnote}</div></footer>`;
}
