import type { RouteParameter, RoutePart } from './route.ts';

type Form = readonly RoutePart[];

/** A sample character of each class. */
const REPRESENTATIVES: Readonly<Record<string, string>> = {
  ...{ d: '0', D: 'x', s: ' ', S: 'x', w: 'x', W: '!' },
  ...{ n: '\n', r: '\r', t: '\t', v: '\v', f: '\f', b: '', B: '' },
};

/** The limit of forms. Each optional group doubles their number, and a URL has only a few. */
const MOST_FORMS = 1024;

/**
 * The texts that an expression matches, in the forms of Django's `normalize()`. A repeated part is written as few times
 * as possible; an optional group with parameters gives a form with it and one without. A class is represented by its
 * first character. A lookahead is omitted.
 *
 * @returns undefined for an expression with alternatives outside of its capturing groups.
 */
export function regexForms(source: string): readonly Form[] | undefined {
  try {
    return new FormReader(source).read();
  } catch (error) {
    if (error instanceof NotReversible) return undefined;
    throw error;
  }
}

class NotReversible extends Error {}

class FormReader {
  readonly #source: string;
  #position = 0;
  #unnamed = 0;

  constructor(source: string) {
    this.#source = source;
  }

  /** Reads up to the end of the expression or of the current group. */
  read(): readonly Form[] {
    let forms: readonly Form[] = [[]];
    while (this.#position < this.#source.length && !this.#takes(')')) {
      // Nothing can follow the end.
      if (this.#takes('$')) this.#position = this.#source.length;
      else forms = product(forms, this.#quantified(this.#atom()));
    }
    return forms;
  }

  #atom(): readonly Form[] {
    const character = this.#next();
    switch (character) {
      case '|':
        throw new NotReversible();
      case '^':
        return [[]];
      case '(':
        return this.#group();
      case '[':
        return [[this.#characterOfClass()]];
      case '\\':
        return this.#escape();
      default:
        return [[character]];
    }
  }

  #group(): readonly Form[] {
    if (this.#takes('?:')) return this.read();
    const named = this.#match(/\?<([^=!>][^>]*)>/y);
    if (named) return this.#parameter(named[1]!);
    if (this.#match(/\?<?[=!]/y)) {
      this.#skipGroup();
      return [[]];
    }
    if (this.#source[this.#position] === '?') throw new NotReversible();
    return this.#parameter(`_${this.#unnamed++}`);
  }

  #parameter(name: string): readonly Form[] {
    this.#skipGroup();
    return [[textParameter(name)]];
  }

  #escape(): readonly Form[] {
    const reference = this.#match(/k<([^>]+)>/y);
    return [[reference ? textParameter(reference[1]!) : this.#escapedCharacter()]];
  }

  #escapedCharacter(): string {
    const code = this.#match(/x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]+)\}/iy);
    if (code) return String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16));
    const character = this.#next();
    return REPRESENTATIVES[character] ?? character;
  }

  /** The first character; for a class that begins with `^`, the `^`, which most of these match. */
  #characterOfClass(): string {
    const first = this.#next();
    if (first === ']') return '';
    const character = first === '\\' ? this.#escapedCharacter() : first;
    this.#match(/(?:\\.|[^\]\\])*\]/sy);
    return character;
  }

  #quantified(forms: readonly Form[]): readonly Form[] {
    const quantifier = this.#match(/(?:[*?+]|\{(\d+)(?:,\d*)?\})\??/y);
    if (quantifier === null) return forms;
    const [text, least] = quantifier;
    const count = least === undefined ? (text.startsWith('+') ? 1 : 0) : Number(least);
    if (count > 0) {
      let repeated = forms;
      for (let i = 1; i < count; i++) repeated = product(repeated, forms);
      return repeated;
    }
    const hasParameter = forms.some((form) => form.some((part) => typeof part !== 'string'));
    return hasParameter ? [[], ...forms] : [[]];
  }

  /** Continues after the end of the current group. */
  #skipGroup(): void {
    for (let depth = 1; depth > 0 && this.#position < this.#source.length; ) {
      const [token] = this.#match(/\\.|\[(?:\\.|[^\]\\])*\]|./sy)!;
      if (token === '(') depth += 1;
      if (token === ')') depth -= 1;
    }
  }

  #next(): string {
    return this.#source[this.#position++] ?? '';
  }

  #takes(text: string): boolean {
    if (!this.#source.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }

  /** @param expression An expression with the sticky flag. */
  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#position;
    const match = expression.exec(this.#source);
    if (match !== null) this.#position = expression.lastIndex;
    return match;
  }
}

/** Each form of the first list, followed by each of the second. */
function product(forms: readonly Form[], others: readonly Form[]): readonly Form[] {
  if (forms.length * others.length > MOST_FORMS) throw new NotReversible();
  return forms.flatMap((form) => others.map((other) => [...form, ...other]));
}

/** The text is checked together with the whole path. */
function textParameter(name: string): RouteParameter {
  return { name, converter: { regex: /.*/s, toValue: (text) => text, toUrl: String } };
}
