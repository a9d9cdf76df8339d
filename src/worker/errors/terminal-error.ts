import { stripVTControlCharacters, styleText } from 'node:util';
import { isUserError } from '../../errors.ts';
import { codeFrame } from '../../files/code-frame.ts';
import { isOwnFile } from '../../files/own-files.ts';
import { readTextIfThere } from '../../files/regular-file.ts';
import { circleNote, foldRepeats, timesNote } from '../../handler/debug/source/frame-runs.ts';
import { parseStack, type StackFrame } from '../../handler/debug/source/stack-frames.ts';
import { CUT_CHAIN, chainText, errorChain, stackOf } from '../../handler/errors/error-chain.ts';
import { hintFor } from '../../loader/failures/error-hints.ts';
import { fitCode } from '../../text/fit-code.ts';
import { describeThrown, isError, readText } from '../../text/thrown-text.ts';
import { wrapLines } from '../../text/wrap-lines.ts';
import { setLogStyle } from '../../wsgi/log-style.ts';
import { logEntry, printable, printableLine } from '../../wsgi/printable.ts';
import type { Failure } from '../messages.ts';
import { toFileLink } from './file-link.ts';

/** The abilities of the terminal that shows a site's errors. */
export interface ErrorStyle {
  /** Whether stacks are shown in full. */
  readonly isWhole: boolean;
  readonly hasColours: boolean;
  /** Whether places become links by OSC 8. */
  readonly hasLinks: boolean;
  readonly columns: number;
}

/** Further frames of the site are only counted. */
const MOST_FRAMES = 10;

const CODE_INDENT = '  ';

/** The indentation of further lines of a text, so that they cannot look like another log entry. */
const MORE_INDENT = '    ';

type Colour = Parameters<typeof styleText>[0];

/** Makes this process log errors of its site in this style. */
export function showErrorsOnTerminal(style: ErrorStyle | undefined): void {
  if (style === undefined) return;
  setLogStyle({
    error: (error) => terminalError(error, style),
    line: (text) => wrapLines(text, style.columns, MORE_INDENT),
  });
}

/**
 * Formats an error of a request in the same way as load errors: the place in the site, its code, and the site's frames.
 * Frames of libraries, this package and Node are only counted. The causes follow in the same way.
 */
export function terminalError(error: unknown, style: ErrorStyle): string {
  if (style.isWhole) return chainText(error);
  const { errors, isCut } = errorChain(error);
  const shownPlaces = new Set<string>();
  const lines = errors.map((each, index) => describeOne(each, index > 0, style, shownPlaces));
  if (isCut) lines.push(CUT_CHAIN);
  return lines.join('\n');
}

/** Formats an error that has ended or blocks the site's process, in the same way. */
export function terminalFailure({ message, hint, stack = '' }: Failure, style: ErrorStyle): string {
  const frames = parseStack(`${message}\n${withoutHeading(stack)}`, message);
  if (!style.isWhole) return describe({ title: message, frames, hint, prefix: '' }, style, new Set());
  const { paint, wrapped } = styled(style);
  const lines = [paint('red', wrapped(message))];
  if (stack !== '') lines.push(logEntry(withoutHeading(stack)));
  if (hint !== undefined) lines.push(hintLine(hint, style));
  return lines.join('\n');
}

/** Removes the heading of a stack that was created to show a caller. */
function withoutHeading(stack: string): string {
  return stack.replace(/^Error: [^\n]*\n/, '');
}

function describeOne(error: unknown, isCause: boolean, style: ErrorStyle, shownPlaces: Set<string>): string {
  const prefix = isCause ? 'Caused by: ' : '';
  const { paint, wrapped } = styled(style);
  if (!isError(error)) return paint('red', wrapped(prefix + stackOf(error)));
  const frames = parseStack(stackOf(error), readText(error, 'message'));
  const { location, codeFrame: code, hint } = isUserError(error) ? error : {};
  const top = frames.find(({ isSite }) => isSite);
  const shown = { title: titleOf(error), frames, prefix, code, hint: hint ?? hintOf(error, top) };
  return describe({ ...shown, hasPlace: location !== undefined }, style, shownPlaces);
}

interface Shown {
  readonly prefix: string;
  readonly title: string;
  readonly frames: readonly StackFrame[];
  /** Whether the title contains the place. */
  readonly hasPlace?: boolean;
  /** @default the code of the site's newest frame */
  readonly code?: string | undefined;
  readonly hint?: string | undefined;
}

function describe(
  { prefix, title, frames, hasPlace = false, code, hint }: Shown,
  style: ErrorStyle,
  shownPlaces: Set<string>,
): string {
  const { paint, wrapped } = styled(style);
  const site = frames.filter(({ isSite }) => isSite);
  const [top] = site;
  const place = top !== undefined && !hasPlace ? `${printableLine(top.place)}: ` : '';
  const lines = [paint('red', wrapped(`${prefix}${place}${title}`))];
  if (code !== undefined) lines.push(...codeLines(code, style));
  else if (top?.file !== undefined && !shownPlaces.has(`${top.file}:${top.line}`)) {
    shownPlaces.add(`${top.file}:${top.line}`); // An error and its causes often have the same place.
    lines.push(...codeLines(codeFrame({ ...top, file: top.file }), style));
  }
  const shown = site.length > 0 ? site : frames.filter(isOfLibrary);
  let count = 0;
  for (const repeat of foldRepeats(shown).slice(0, MOST_FRAMES)) {
    count += repeat.frames.length * repeat.times;
    for (const frame of repeat.frames) lines.push(frameLine(frame, timesNote(repeat), style));
    const note = circleNote(repeat);
    if (note !== undefined) lines.push(paint('dim', `    … ${note}`));
  }
  const told = new Set(shown.slice(0, count));
  const left = frames.filter((frame) => !told.has(frame));
  const folded = describeFolded(left);
  if (folded !== undefined) lines.push(paint('dim', `    ${folded}`));
  if (hint !== undefined) lines.push(hintLine(hint, style));
  return lines.join('\n');
}

function hintLine(hint: string, style: ErrorStyle): string {
  const { paint, wrapped } = styled(style);
  return `${paint('cyan', 'Hint:')}${wrapped(`Hint: ${hint}`).slice('Hint:'.length)}`;
}

function styled({ hasColours, columns }: ErrorStyle) {
  return {
    paint: (colour: Colour, text: string) =>
      hasColours ? styleText(colour, text, { validateStream: false }) : text,
    wrapped: (text: string) => wrapEntry(printable(text), columns),
  };
}

/** Breaks a text between words, and then indents it. Indented lines would not be broken. */
function wrapEntry(text: string, columns: number): string {
  const end = text.indexOf('\n');
  if (end < 0) return wrapLines(text, columns, MORE_INDENT);
  const more = wrapLines(text.slice(end + 1), columns - MORE_INDENT.length);
  return wrapLines(text.slice(0, end), columns, MORE_INDENT) + logEntry(`\n${more}`);
}

/** The name and message of an error. Some errors of Node, such as those of a connection, have a code and no message. */
function titleOf(error: Error): string {
  const isNamed = readText(error, 'message') !== '';
  return isNamed
    ? describeThrown(error)
    : [readText(error, 'name'), readText(error, 'code')].filter(Boolean).join(': ');
}

function hintOf(error: Error, top: StackFrame | undefined): string | undefined {
  const facts = { name: readText(error, 'name'), message: readText(error, 'message') };
  return hintFor(facts, () => (top?.file === undefined ? undefined : readTextIfThere(top.file)));
}

/**
 * Formats a frame, on two lines when one line is too narrow: a path that the terminal wraps cannot be opened by a
 * click.
 */
function frameLine(
  { name, place, file }: StackFrame,
  note: string,
  { hasLinks, columns }: ErrorStyle,
): string {
  const text = printableLine(place);
  const shown = hasLinks && file !== undefined ? toFileLink(file, text) : text;
  if (name === undefined) return `    at ${shown}${note}`;
  const start = `    at ${printableLine(name)}`;
  const width = stripVTControlCharacters(start).length + text.length + ' ()'.length + note.length;
  return width <= columns ? `${start} (${shown})${note}` : `${start}\n       ${shown}${note}`;
}

function codeLines(code: string | undefined, { columns }: ErrorStyle): string[] {
  if (code === undefined) return [];
  const lines = fitCode(printable(code), columns - CODE_INDENT.length);
  return ['', ...lines.map((line) => CODE_INDENT + line), ''];
}

/** The counts of hidden frames: `… and 3 frames of nunjucks, 12 of startproject and Node` */
function describeFolded(frames: readonly StackFrame[]): string | undefined {
  const counts = new Map<string, number>();
  for (const frame of frames) {
    const owner = ownerOf(frame);
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  const [first, ...others] = counts;
  if (first === undefined) return undefined;
  const [owner, count] = first;
  const start = `… and ${count} ${count === 1 ? 'frame' : 'frames'} of ${owner}`;
  return [start, ...others.map(([owner, count]) => `${count} of ${owner}`)].join(', ');
}

function isOfLibrary({ file }: StackFrame): boolean {
  return file !== undefined && !isOwnFile(file);
}

function ownerOf({ file, isSite }: StackFrame): string {
  if (isSite) return 'the site';
  if (file === undefined || isOwnFile(file)) return 'startproject and Node';
  const [, name] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file) ?? [];
  return printableLine(name ?? file).replaceAll('\\', '/');
}
