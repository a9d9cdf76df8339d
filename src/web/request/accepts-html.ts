/**
 * Whether a client accepts HTML, from its Accept header. Browsers name `text/html` when they load a page; scripts and
 * command lines send a bare wildcard or nothing.
 */
export function acceptsHtml(accept = ''): boolean {
  return /\btext\/(?:html|\*)(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accept);
}
