import { html } from '../errors/html.ts';
import { resolve } from '../urls/resolve.ts';
import type { URLNode } from '../urls/urlconf.ts';
import { renderDocument } from './document.ts';
import { factsText } from './exception-text.ts';
import { missingStaticFile } from './missing-static-file.ts';
import { renderFooter, renderSummary, renderTable } from './page-parts.ts';
import { raisedDuring } from './raised-during.ts';
import { type DebugCircumstances, type Facts, footnote, shownUrl } from './request-facts.ts';
import { hideSecrets } from './secrets.ts';
import { ERROR_STYLES } from './styles.ts';

/** The data of the technical 404 page. */
interface NotFoundReport {
  readonly title: string;
  readonly message: string;
  readonly facts: Facts;
  /** For a path below STATIC_URL. */
  readonly hint: string | undefined;
  readonly introduction: string;
  readonly patterns: readonly ShownPattern[];
  readonly conclusion: string;
  readonly footnote: string;
}

interface ShownPattern {
  readonly text: string;
  /** `[name='article']`, or nothing. */
  readonly name: string;
}

interface NotFoundCircumstances extends DebugCircumstances {
  readonly message: string;
}

/** Tries the patterns again and records them. */
export function reportNotFound(circumstances: NotFoundCircumstances): NotFoundReport {
  const { message, path, environ, settings, urlconf, called } = circumstances;
  const tried: (readonly URLNode[])[] = [];
  const found = resolve(urlconf.nodes, path.slice(1), (nodes) => tried.push(nodes));
  const shown = hideSecrets(path);
  const shownPath = path === '/' ? "'', the root of the site" : `'${shown.slice(1)}'`;
  const missing = called ? undefined : missingStaticFile(path, settings.values);
  const source = urlconf.name === null ? 'the imported URLconf' : urlconf.name;
  return {
    title: `No page at ${shown}`,
    message: message ? hideSecrets(message) : `No page at ${shown}`,
    facts: [
      ['Request', `${environ.REQUEST_METHOD} ${shownUrl(environ, settings)}`],
      ...raisedDuring(circumstances),
    ],
    hint: missing && hideSecrets(missing),
    introduction:
      tried.length > 0
        ? `Patterns of ${source}, in the order in which they were tried:`
        : `There is nothing in urlpatterns of ${source} yet.`,
    patterns: tried.map(showPattern),
    conclusion:
      tried.length > 0 ? `${found ? 'The last one matches' : 'None of them matches'} ${shownPath}.` : '',
    footnote: footnote(settings),
  };
}

export function notFoundPage(report: NotFoundReport): string {
  const { title, message, facts, hint, introduction, patterns, conclusion, footnote } = report;
  const items = patterns.map(({ text, name }) => html`<li>${text || "''"} <i>${name}</i></li>`);
  return renderDocument({
    title,
    styles: ERROR_STYLES,
    body: html`${renderSummary({ kicker: '404', message, hint, facts: renderTable(facts, 'facts') })}
<main class="wrap">
<h2>${introduction}</h2>
${items.length > 0 ? html`<ol class="patterns">${items}</ol>` : undefined}
<p>${conclusion}</p>
</main>
${renderFooter(footnote)}`,
  });
}

export function notFoundText(report: NotFoundReport): string {
  const { message, facts, hint, introduction, patterns, conclusion, footnote } = report;
  const list = patterns.map(({ text, name }, index) => `  ${index + 1}. ${text || "''"} ${name}`.trimEnd());
  const sections = [
    `${message} (404)`,
    hint ?? '',
    factsText(facts),
    [introduction, ...list].join('\n'),
    conclusion,
    footnote,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function showPattern(nodes: readonly URLNode[]): ShownPattern {
  const last = nodes.at(-1)!;
  const name = last.kind === 'view' ? last.name : undefined;
  return {
    text: nodes.map(({ route }) => route.text).join(' '),
    name: name === undefined ? '' : `[name='${name}']`,
  };
}
