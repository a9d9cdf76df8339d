const UTF8_OR_BROKEN =
  /((?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|[\x80-\xff]/g;

/** The text of a PATH_INFO, whose characters are bytes. Bytes that are not UTF-8 are percent-encoded again. */
export function pathText(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  return bytes.replace(UTF8_OR_BROKEN, (run, valid?: string) => {
    const encoded = run.replace(/./g, percentEncode);
    return valid === undefined ? encoded : decodeURIComponent(encoded);
  });
}

/** A PATH_INFO as a URL has it. */
export function encodePath(bytes: string): string {
  return bytes.replace(/[^\w\-.~!$&'()*+,;=:@/]/g, percentEncode);
}

/** A QUERY_STRING as a URL has it: what a server has let through and a URL would read differently is encoded. */
export function encodeQuery(query: string): string {
  return query.replace(/[^\x21-\x7e]|#/g, percentEncode);
}

/**
 * A path that begins with one slash: two would name a host, in a redirect and in what frameworks read. The second one
 * came as `%2F`, and goes so.
 */
export function ownPath(path: string): string {
  return path.startsWith('//') ? `/%2F${path.slice(2)}` : path;
}

function percentEncode(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
