/** The values that one proxy has sent about the request that it received (RFC 7239, section 5). */
interface ForwardedElement {
  readonly for?: string;
  readonly proto?: string;
  readonly host?: string;
}

/**
 * A parameter and its separator. Addresses with a colon should be in quotes, but not all proxies add them. An empty
 * parameter after the last semicolon is accepted.
 */
const PARAMETER = /(?:[ \t]*([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"\\;,]+)))?[ \t]*(;|,|$)/sy;

/**
 * Parses a `Forwarded` header. It has an element for each proxy; that of the nearest proxy is the last. Names are
 * converted to lower case, and quotes are removed.
 *
 * @returns nothing if the header is malformed, or an element has a parameter twice
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
    if (Object.keys(element).length > 0) elements.push(element); // Lists may have empty elements.
    if (end === '') return elements;
    element = Object.create(null);
  }
}
