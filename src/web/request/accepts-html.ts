/**
 * Whether a client accepts HTML, by its Accept header. Browsers name `text/html` when they load a page; scripts and
 * command-line clients send only a wildcard or no header.
 */
export function acceptsHtml(accept = ''): boolean {
  return /\btext\/(?:html|\*)(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accept);
}
