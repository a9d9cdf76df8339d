import { checkContentLength } from '../http/request/limits.ts';
import { HttpRefusal } from '../http/request/refusal.ts';
import type { RequestLimits } from '../request-limits.ts';
import type { GatewayVariables } from './gateway-variables.ts';

/** What a web server may say beside the header fields of the request. nginx sends 25, and 20 more about TLS. */
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
    } else if (name === 'CONTENT_LENGTH') {
      checkContentLength(value, limits);
    }
  }
  if (count > fields)
    throw tooLarge(431, `The request has more than ${fields} header fields`, 'limitRequestFields');
}

function tooLarge(status: number, message: string, option: string): HttpRefusal {
  return new HttpRefusal(status, `${message}. The limit is the server's option ${option}.`);
}
