import { causeText } from './error-page.ts';
import type { ExceptionReport } from './exception-report.ts';
import type { FactGroup, Facts } from './request-facts.ts';
import { framesText } from './source/frame-list.ts';

/** The technical 500 page as text. */
export function exceptionText(report: ExceptionReport): string {
  const { title, error, hint, causes, causesNote, facts, request, settings, footnote } = report;
  const sections = [
    `${title}\n${error.message}`,
    hint && `Hint: ${hint}`,
    factsText(facts),
    `Traceback, newest call first:\n${framesText(error.frames)}`,
    ...causes.map((cause) => causeText(cause, cause.frames)),
    causesNote,
    ...request.map(groupText),
    groupText({ title: 'Settings', facts: settings, otherwise: '' }),
    footnote,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

export function factsText(facts: Facts): string {
  return facts.map(([name, value]) => `${name}: ${value}`).join('\n');
}

function groupText({ title, facts, otherwise }: FactGroup): string {
  return facts.length > 0 ? `${title}:\n${factsText(facts).replace(/^/gm, '  ')}` : `${title}: ${otherwise}`;
}
