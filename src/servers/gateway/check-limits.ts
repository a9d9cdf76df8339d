import { HttpRefusal } from '../http/request/refusal.ts';
import type { RequestLimits } from '../request-limits.ts';
import type { GatewayVariables } from './gateway-variables.ts';

/** How many variables a web server may send besides the request's header fields. nginx sends 25, and 20 more about TLS. */
const MOST_OTHER_VARIABLES = 400;

/**
 * Checks the variables of a request against the limits that requests over HTTP have.
 *
 * @throws {HttpRefusal}
 */
export function checkLimits(variables: GatewayVariables, limits: RequestLimits): void {
  const { fields, fieldSize, line } = limits;
  if (variables.length > fields + MOST_OTHER_VARIABLES)
    throw tooLarge(
      431,
      `The request has more than ${fields + MOST_OTHER_VARIABLES} variables`,
      'limitRequestFields',
    );
  if (isSmall(variables, limits)) return;
  let count = 0;
  for (const [name, value] of variables) {
    const { length } = value;
    if (name.startsWith('HTTP_')) {
      count += 1;
      if (length > fieldSize)
        throw tooLarge(
          431,
          `The header ${name.slice(0, 50)} is larger than ${fieldSize} bytes`,
          'limitRequestFieldSize',
        );
    } else if (length > line && name === 'REQUEST_URI') {
      throw tooLarge(414, `The request target is longer than ${line} bytes`, 'limitRequestLine');
    }
  }
  if (count > fields)
    throw tooLarge(431, `The request has more than ${fields} header fields`, 'limitRequestFields');
}

/** Whether there are too few bytes for one of them to be too large. */
function isSmall(variables: GatewayVariables, { fields, fieldSize, line }: RequestLimits): boolean {
  if (variables.length > fields) return false;
  let bytes = 0;
  for (const [, value] of variables) bytes += value.length;
  return bytes <= Math.min(fieldSize, line);
}

function tooLarge(status: number, message: string, option: string): HttpRefusal {
  return new HttpRefusal(status, `${message}. The limit is the server's option ${option}.`);
}
