import { ImproperlyConfigured } from '../../errors.ts';
import type { ResponseRecord } from '../../servers/response-record.ts';
import { nearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import { ATOMS, type Atom, NAMED_ATOMS } from './access-atoms.ts';
import { AccessClock } from './access-clock.ts';
import { combinedAccessLine } from './combined-access-line.ts';
import { jsonAccessLine } from './json-access-line.ts';

/** The combined format of Apache, in gunicorn's atoms. */
export const COMBINED = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"';

/** Makes the log line of a response, a string of bytes that ends with a line feed. */
type FormatLine = (record: ResponseRecord) => string;

const PART = /%(?:%|\(([^)]*)\)(.?)|.?)/g;

/**
 * Checks the format of an access log: gunicorn's atoms (`%(h)s`), or `json` for one object per line.
 *
 * @throws {ImproperlyConfigured} for unknown atoms, and for characters that a line cannot contain.
 */
export function checkAccessLogFormat(format: string): void {
  compileAccessLogFormat(format);
}

/**
 * Compiles a format that `checkAccessLogFormat()` accepts to a function.
 *
 * @param now milliseconds since 1970
 */
export function compileAccessLogFormat(format: string, now: () => number = Date.now): FormatLine {
  const clock = new AccessClock(now);
  if (format === 'json') return jsonAccessLine(clock);
  if (format === COMBINED) return combinedAccessLine(clock);
  if (/[\0-\x1f\x7f]/.test(format)) {
    throw new ImproperlyConfigured(
      `A format is one line without control characters. Found ${quote(format)}.`,
    );
  }
  const atoms: Atom[] = [];
  const texts = [''];
  let end = 0;
  const addText = (text: string) => {
    texts[atoms.length] += Buffer.from(text).toString('latin1'); // It is a string of bytes.
  };
  for (const match of format.matchAll(PART)) {
    addText(format.slice(end, match.index));
    end = match.index + match[0].length;
    const atom = match[0] === '%%' ? '%' : atomOf(match, clock);
    if (typeof atom === 'string') {
      addText(atom);
    } else {
      atoms.push(atom);
      texts.push('');
    }
  }
  addText(`${format.slice(end)}\n`);
  return (record) => {
    let line = texts[0]!;
    for (let i = 0; i < atoms.length; i++) line += atoms[i]!(record) + texts[i + 1]!;
    return line;
  };
}

function atomOf([found, name, conversion]: RegExpExecArray, clock: AccessClock): Atom | string {
  if (name === undefined) {
    const hint = found[1] !== undefined && found[1] in ATOMS ? `Write %(${found[1]})s. ` : '';
    throw new ImproperlyConfigured(
      `A format has gunicorn's atoms, such as %(h)s, and %% for a percent sign. Found ${quote(found)}.`,
      { hint: `${hint}Apache's formats have to be rewritten.` },
    );
  }
  const named = /^\{(.+)\}([ioe])$/.exec(name);
  const kind = Object.hasOwn(ATOMS, name) ? ATOMS[name] : undefined;
  if (kind === undefined && named === null) throw unknownAtom(name);
  if (conversion !== 's' && !(conversion === 'd' && kind?.isNumber)) {
    throw new ImproperlyConfigured(`%(${name}) ends in s: %(${name})s. Found ${quote(found)}.`);
  }
  return kind === undefined ? NAMED_ATOMS[named![2]!]!(named![1]!) : kind.make(clock);
}

function unknownAtom(name: string): ImproperlyConfigured {
  const list = Object.entries(ATOMS).map(([atom, { meaning }]) => `${atom} (${meaning})`);
  const near = nearestAtom(name);
  return new ImproperlyConfigured(`There is no atom %(${name})s.`, {
    hint: `${near === undefined ? '' : `Did you mean %(${near})s? `}There are ${list.join(', ')}, {header}i, {header}o, {variable}e.`,
  });
}

/**
 * The atom that was probably meant. All one-letter names have the same distance, so only the other case of the letter
 * is considered, and longer names by their meaning.
 */
function nearestAtom(name: string): string | undefined {
  const letters = Object.keys(ATOMS);
  const braced = /^\{?([\w-]+)\}?([ioe]?)$/.exec(name);
  if (name.length === 1) return letters.find((letter) => letter.toLowerCase() === name.toLowerCase());
  if (braced !== null && /[{}]/.test(name)) return `{${braced[1]}}${braced[2] || 'i'}`;
  const meant = nearest(name, WORDS.keys());
  return meant === undefined ? undefined : WORDS.get(meant);
}

/** Common wrong names of atoms, with the right ones. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['host', 'h'],
  ['user', 'u'],
  ['time', 't'],
  ['request', 'r'],
  ['method', 'm'],
  ['path', 'U'],
  ['url', 'U'],
  ['query', 'q'],
  ['status', 's'],
  ['bytes', 'B'],
  ['referer', 'f'],
  ['agent', 'a'],
  ['user-agent', 'a'],
  ['duration', 'L'],
  ['pid', 'p'],
]);
