import kleur from 'kleur';
import type {
  ReloadStatus,
  ServerStatus,
  SiteState,
  SiteStatus,
  WorkerState,
  WorkerStatus,
} from '../../production/control/controllable.ts';
import { printableLine } from '../../wsgi/printable.ts';
import { align } from './align.ts';
import { formatAge, formatBytes, formatCount } from './quantities.ts';

const WIDTH = 80;

const SITE_COLOURS: Readonly<Record<SiteState, (text: string) => string>> = {
  starting: kleur.yellow,
  serving: kleur.green,
  reloading: kleur.yellow,
  failing: kleur.red,
  stopping: kleur.yellow,
};

const WORKER_COLOURS: Readonly<Record<WorkerState, (text: string) => string>> = {
  starting: kleur.yellow,
  serving: (text) => text,
  draining: kleur.yellow,
  silent: kleur.red,
};

/** Formats the status of a server for a terminal. Lines have at most 80 columns, unless a word is longer. */
export function describeStatus(status: ServerStatus, now = Date.now()): string {
  const { pid, version, node, startedAt, sites } = status;
  const age = formatAge(secondsSince(startedAt, now));
  const head = `startproject ${version}, Node ${node.replace(/^v/, '')}, process ${pid}, started ${age} ago`;
  return `${[printableLine(head), ...sites.map((site) => describeSite(site, now))].join('\n\n')}\n`;
}

function describeSite(site: SiteStatus, now: number): string {
  const { name, state, generation, addresses, lastReload, workers } = site;
  const colour = SITE_COLOURS[state] ?? String;
  return [
    `${kleur.bold(printableLine(name))}: ${colour(printableLine(state))}, generation ${generation}`,
    ...wrap(addresses.join(', ')),
    ...(lastReload === undefined ? [] : describeReload(lastReload, generation, now)),
    ...(workers.length === 0 ? ['  no workers'] : tableOf(workers)),
  ].join('\n');
}

/** The reason may contain lines of a source file, which must stay unchanged. */
function describeReload({ at, ok, reason }: ReloadStatus, generation: number, now: number): string[] {
  const isServed = generation > 0;
  const when = `last ${isServed ? 'reload' : 'start'} ${formatAge(secondsSince(at, now))} ago`;
  if (ok) return wrap(`${when}: done`);
  const [first = '', ...more] = (reason ?? '').trimEnd().split('\n');
  return [
    ...wrap(
      `${when}: failed, ${isServed ? `generation ${generation} goes on serving` : 'the site is not served'}. ${first}`,
    ),
    ...more.map((line) => (line === '' ? '' : `    ${printableLine(line)}`)),
  ];
}

function tableOf(workers: readonly WorkerStatus[]): string[] {
  const head = ['PID', 'AGE', 'REQUESTS', 'IN FLIGHT', 'MEMORY', 'STATE'];
  const rows = workers.map(({ pid, age, requests, inFlight, memory, state }) => [
    `${pid}`,
    formatAge(age),
    formatCount(requests),
    formatCount(inFlight),
    memory === 0 ? '-' : formatBytes(memory), // Not known yet.
    printableLine(state),
  ]);
  const [first, ...lines] = align([head, ...rows]);
  const colours = workers.map(({ state }) => WORKER_COLOURS[state] ?? String);
  return [kleur.dim(`  ${first}`), ...lines.map((line, index) => colours[index]!(`  ${line}`))];
}

function secondsSince(at: string, now: number): number {
  return Math.max(0, (now - Date.parse(at)) / 1000);
}

/** Wraps a text between words. A longer word stays whole on its own line, so that it can be copied. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean).map(printableLine)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines;
}
