import { isBodyless, isLengthless } from '../bodyless-status.ts';
import { checkBlock } from '../driver/response-body.ts';
import { parseHead, type ResponseHead } from '../driver/response-head.ts';
import { describe, quoteText, type WSGIError } from '../errors.ts';
import type { Header } from '../types.ts';
import type { CapturedStack } from './place.ts';
import type { Reporter } from './reporter.ts';
import type { Rule } from './rules.ts';

const ETAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/** HTTP allows more characters in names, but CGI and other servers misinterpret them. */
const PLAIN_NAME = /^[a-z](?:[\w-]*[a-z\d])?$/i;

const BODY_RULES: ReadonlySet<Rule> = new Set(['content-length', 'body-not-allowed', 'response-block']);

/** Checks one response: its head, and its body against the head. */
export class ResponseChecks {
  readonly #reporter: Reporter;
  readonly #isHeadRequest: boolean;
  /** The place of `startResponse()`, which is reported for errors of the body. */
  #startedAt: CapturedStack | undefined;
  #head: ResponseHead | undefined;
  #hasType = false;
  #length = 0;
  #reported = new Set<Rule>();

  constructor(reporter: Reporter, method: string) {
    this.#reporter = reporter;
    this.#isHeadRequest = method === 'HEAD';
  }

  get isStarted(): boolean {
    return this.#startedAt !== undefined;
  }

  /** Checks the head. @throws {WSGIError} for a head that no server can send. */
  start(status: string, headers: readonly Header[], stack: CapturedStack): void {
    this.#startedAt = stack;
    this.#head = undefined;
    const head = this.#reporter.checked(headRule, () => parseHead(status, headers), stack);
    this.#head = head;
    const odd = headers.find(([name]) => !PLAIN_NAME.test(name))?.[0];
    if (odd !== undefined) {
      this.wrong(
        'headers',
        `A header's name is made of letters, digits, - and _, begins with a letter and does not end with - or _. Found ${quoteText(odd)}.`,
      );
    }
    const types = headers.filter(([name]) => isNamed(name, 'content-type'));
    this.#hasType = types.length > 0;
    if (types.length > 1) this.wrong('content-type', 'Content-Type was given twice. Keep one.');
    if (this.#hasType && isBodyless(head.status)) {
      const type = quoteText(types[0]![1]);
      this.wrong(
        'content-type',
        `A ${head.status} has no content, and so no Content-Type. Found ${type}: leave it out.`,
      );
    }
    if (head.contentLength !== undefined && isLengthless(head.status)) {
      this.wrong(
        'content-length',
        `A ${head.status} has no Content-Length, and this one has ${head.contentLength}.`,
      );
    }
    const etag = headers.find(([name]) => isNamed(name, 'etag'))?.[1];
    if (etag !== undefined && !ETAG.test(etag)) {
      this.wrong(
        'etag',
        `An ETag is in double quotes, with W/ before them when it is a weak one. Found ${quoteText(etag)}.`,
      );
    }
  }

  /** Checks a yielded block. The driver refuses values of other types. */
  yielded(block: unknown): void {
    this.#block(block, 'response-block');
  }

  /** Checks a block that was passed to `write()`. */
  written(block: unknown, stack: CapturedStack): void {
    this.#reporter.checked(
      () => 'write',
      () => checkBlock(block),
      stack,
    );
    this.#block(block, 'write');
  }

  /** Called when the body is complete. */
  end(): void {
    if (this.#startedAt === undefined) this.#missingStart();
    const expected = this.#expectedLength;
    if (expected !== undefined && this.#length < expected) this.#wrongLength(expected, String(this.#length));
  }

  #block(block: unknown, rule: Rule): void {
    if (!(block instanceof Uint8Array)) {
      const what = `A body is made of Uint8Array blocks, but the application gave ${describe(block)}.`;
      this.wrong(rule, `${what} Encode text with new TextEncoder().encode(text), and await promises.`);
      return;
    }
    if (block.length === 0) return;
    if (this.#startedAt === undefined) this.#missingStart();
    this.#length += block.length;
    const head = this.#head;
    if (head === undefined) return;
    if (isBodyless(head.status)) {
      this.wrong(
        'body-not-allowed',
        `A ${head.status} has no body, but the application gave ${describe(block)}.`,
      );
    } else if (!this.#hasType && !this.#isHeadRequest) {
      const advice = "Add ['Content-Type', 'text/html; charset=utf-8'], or what else it is.";
      this.wrong(
        'content-type',
        `A response with a body has a Content-Type, and this one has none. ${advice}`,
      );
    }
    const expected = this.#expectedLength;
    if (expected !== undefined && this.#length > expected)
      this.#wrongLength(expected, `${this.#length} or more`);
  }

  /** The value of Content-Length; undefined without the header, and for a response without a body. */
  get #expectedLength(): number | undefined {
    const head = this.#head;
    if (head === undefined || this.#isHeadRequest || isBodyless(head.status)) return undefined;
    return head.contentLength;
  }

  #wrongLength(expected: number, found: string): void {
    const advice =
      'Count bytes, not characters; a middleware that changes the body corrects the length or leaves it out.';
    this.wrong(
      'content-length',
      `Content-Length promised ${expected} bytes, and the body has ${found}. ${advice}`,
    );
  }

  #missingStart(): void {
    this.wrong(
      'start-response-missing',
      'The application returned its body, but had not called startResponse(status, headers). Call it before the first block.',
    );
  }

  /** Reports each rule once for a response, since a body has many blocks. */
  wrong(rule: Rule, what: string): void {
    if (this.#reported.has(rule)) return;
    this.#reported.add(rule);
    // The default application calls startResponse() itself, so the middleware around it may have changed only the body.
    const until = BODY_RULES.has(rule) ? undefined : /\bsendResponse$/;
    this.#reporter.found(rule, what, this.#startedAt, until);
  }
}

function headRule({ section }: WSGIError): Rule {
  if (section === 'Other HTTP Features') return 'hop-by-hop';
  return section === 'Handling the Content-Length Header' ? 'content-length' : 'headers';
}

function isNamed(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted;
}
