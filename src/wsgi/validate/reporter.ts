import { WSGIError } from '../errors.ts';
import type { Environ } from '../types.ts';
import { declarationAround } from './declaration.ts';
import { type CapturedStack, type Place, placesOf } from './place.ts';
import type { Rule } from './rules.ts';
import { type Report, Violation } from './violation.ts';

/** Reports the violations of one request. */
export class Reporter {
  readonly #report: Report;
  readonly #environ: Environ | undefined;

  constructor(report: Report, environ: Environ | undefined) {
    this.#report = report;
    this.#environ = environ;
  }

  /**
   * @param stack The place is the innermost frame outside of this package.
   * @param until Matches a frame of this package that ends the search.
   */
  found(rule: Rule, what: string, stack?: CapturedStack, until?: RegExp): void {
    this.foundAt(rule, what, stack && placesOf(stack, until)[0]);
  }

  foundAt(rule: Rule, what: string, place: Place | undefined): void {
    this.#report(
      new Violation({ rule, what, place: place && withDeclaration(place), environ: this.#environ }),
    );
  }

  /** Runs a check that the driver also makes, and reports its error. */
  checked<T>(rule: (error: WSGIError) => Rule, act: () => T, stack: CapturedStack): T {
    try {
      return act();
    } catch (error) {
      if (error instanceof WSGIError) this.found(rule(error), error.what, stack);
      throw error;
    }
  }
}

/** Adds the name of the surrounding declaration, which the author knows. */
export function withDeclaration(place: Place): Place {
  return { ...place, declaration: declarationAround(place) };
}
