/** The values of one proxy about the request that it received (RFC 7239, section 5). */
interface ForwardedElement {
  readonly for?: string;
  readonly proto?: string;
  readonly host?: string;
}

/**
 * A parameter, and what ends it. Addresses with a colon belong in quotes, and not all proxies put them there. Nothing
 * stands for the parameter behind a semicolon that is the last.
 */
const PARAMETER = /(?:[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"\\;,]+)))?[ \t]*(;|,|$)/sy;

/**
 * Takes a `Forwarded` header apart: an element for each proxy, the one nearest to the server last. Names are in lower
 * case, values without their quotes.
 *
 * @returns nothing when it is malformed, or an element has a parameter twice
 */
export function parseForwarded(header: string): readonly ForwardedElement[] | undefined {
  const elements: Record<string, string>[] = [];
  let element: Record<string, string> = Object.create(null);
  PARAMETER.lastIndex = 0;
  for (;;) {
    const [, name, quoted, plain, end] = PARAMETER.exec(header) ?? [];
    if (end === undefined) return undefined;
    if (name !== undefined) {
      const key = name.toLowerCase();
      if (key in element) return undefined;
      element[key] = quoted?.replace(/\\(.)/gs, '$1') ?? plain!;
    }
    if (end === ';') continue;
    if (Object.keys(element).length > 0) elements.push(element); // an empty one is allowed in any list
    if (end === '') return elements;
    element = Object.create(null);
  }
}
