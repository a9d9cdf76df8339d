import { UserError } from '../../errors.ts';
import { responseProblem } from '../../web/response/check-response.ts';

/** The subject of messages about a view or middleware that has returned a wrong value. */
export interface Answerer {
  readonly kind: 'view' | 'middleware';
  /** The subject of a sentence: `The view home of path('')`. */
  readonly who: string;
  /** The stack frame of its pattern in the site. */
  readonly frame: string | undefined;
}

/** A view or a middleware has returned a value that is not a Response, or a Response that cannot be sent. */
export class NoResponse extends UserError {
  constructor(problem: string, value: unknown, { kind, who, frame }: Answerer) {
    super(`${who} ${problem}`, { hint: kind === 'view' ? viewHint(value) : middlewareHint(value) });
    // All frames are of this package. The frame of the pattern is more useful.
    this.stack = [`${this.name}: ${this.message}`, frame].filter(Boolean).join('\n');
  }
}

/** @throws {NoResponse} for a value that is not a Response, and for a Response that cannot be sent. */
export function checkAnswer(response: Response, answerer: () => Answerer): Response {
  const problem = responseProblem(response);
  if (problem === undefined) return response;
  throw new NoResponse(problem, response, answerer());
}

function viewHint(value: unknown): string | undefined {
  if (value === undefined) {
    return (
      'A `return` or an `await` is probably missing. An arrow function with { } needs a `return` too. ' +
      'Write: return new Response(text), or return Response.json(data).'
    );
  }
  if (typeof value === 'string') {
    return "Write: return new Response(text), for HTML with { headers: { 'content-type': 'text/html; charset=utf-8' } }.";
  }
  if (typeof value === 'function') return 'Call the function, and return the Response that it makes.';
  if (isNetworkError(value)) return ERROR_HINT;
  return isSpent(value) ? undefined : 'Write: return Response.json(data).';
}

function middlewareHint(value: unknown): string | undefined {
  if (isNetworkError(value)) return ERROR_HINT;
  return isSpent(value) ? undefined : 'Write: return getResponse(request), or return a Response of its own.';
}

const ERROR_HINT =
  "Throw an error, for the page of handler500, or write: return new Response('What is wrong', { status: 500 }).";

function isNetworkError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'status' in value && value.status === 0;
}

function isSpent(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'body' in value && 'headers' in value && 'status' in value
  );
}
