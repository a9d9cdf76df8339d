import { checkFieldSize, tooLarge } from '../http/request/limits.ts';
import type { RequestLimits } from '../request-limits.ts';
import type { GatewayVariables } from './gateway-variables.ts';

/** The limit of variables besides the request's header fields. nginx sends 25, and 20 more about TLS. */
const MOST_OTHER_VARIABLES = 400;

/**
 * Checks the variables of a request against the limits of HTTP requests.
 *
 * @throws {HttpRefusal}
 */
export function checkLimits(variables: GatewayVariables, limits: RequestLimits): void {
  const { fields, line } = limits;
  if (variables.length > fields + MOST_OTHER_VARIABLES)
    throw tooLarge(431, `The request has more than ${fields + MOST_OTHER_VARIABLES} variables`, 'fields');
  if (isSmall(variables, limits)) return;
  let count = 0;
  for (const [name, value] of variables) {
    const { length } = value;
    if (name.startsWith('HTTP_')) {
      count += 1;
      checkFieldSize(name, length, limits);
    } else if (length > line && name === 'REQUEST_URI') {
      throw tooLarge(414, `The request target is longer than ${line} bytes`, 'line');
    }
  }
  if (count > fields) throw tooLarge(431, `The request has more than ${fields} header fields`, 'fields');
}

/** Whether the total size is so small that no single limit can be exceeded. */
function isSmall(variables: GatewayVariables, { fields, fieldSize, line }: RequestLimits): boolean {
  if (variables.length > fields) return false;
  let bytes = 0;
  for (const [, value] of variables) bytes += value.length;
  return bytes <= Math.min(fieldSize, line);
}
