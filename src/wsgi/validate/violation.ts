import { WSGIError } from '../errors.ts';
import { printableLine } from '../printable.ts';
import type { Environ } from '../types.ts';
import { type Place, showPlace } from './place.ts';
import { RULES, type Rule } from './rules.ts';

interface Found {
  readonly rule: Rule;
  /** The requirement of the rule, the violation, and the solution. */
  readonly what: string;
  readonly place: Place | undefined;
  readonly environ: Environ | undefined;
}

/** A rule of PEP 3333 that a server, a middleware or an application broke. */
export class Violation extends WSGIError {
  /** The name of the rule, which is its heading in docs/validator.md. */
  readonly rule: Rule;
  /** The requirement of the rule and the violation, without the place and the request. */
  override readonly what: string;
  /** The place of the violation, unless it is in this package. */
  readonly place: Place | undefined;

  constructor({ rule, what, place, environ }: Found) {
    const where = place === undefined ? '' : `${showPlace(place)}: `;
    super(`${where}${what}${describeRequest(environ)}`, RULES[rule]);
    this.name = 'Violation';
    this.rule = rule;
    this.what = what;
    this.place = place;
  }
}

/** Called with each violation. It throws the violation, or records it so that the request goes on. */
export type Report = (violation: Violation) => void;

function describeRequest(environ: Environ | undefined): string {
  const { REQUEST_METHOD: method, SCRIPT_NAME: mount, PATH_INFO: path } = environ ?? {};
  return typeof method === 'string' && typeof path === 'string'
    ? ` Request: ${printableLine(`${method} ${mount ?? ''}${path}`)}`
    : '';
}
