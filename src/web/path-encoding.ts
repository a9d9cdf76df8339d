const UTF8_OR_BROKEN =
  /((?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|[\x80-\xff]/g;

/** Converts a PATH_INFO, whose characters are bytes, to text. Bytes that are not UTF-8 are percent-encoded again. */
export function pathText(bytes: string): string {
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  return bytes.replace(UTF8_OR_BROKEN, (run, valid?: string) => {
    const encoded = run.replace(/./g, percentEncode);
    return valid === undefined ? encoded : decodeURIComponent(encoded);
  });
}

/** Converts a PATH_INFO to the path of a URL. */
export function encodePath(bytes: string): string {
  return bytes.replace(/[^\w\-.~!$&'()*+,;=:@/]/g, percentEncode);
}

/**
 * Converts a QUERY_STRING to the query of a URL. Characters that a server accepts but a URL parser would read
 * differently are encoded.
 */
export function encodeQuery(query: string): string {
  return query.replace(/[^\x21-\x7e]|#/g, percentEncode);
}

/**
 * Makes a path begin with a single slash. Two slashes would name a host, in a redirect and in frameworks. The second
 * slash was sent as `%2F`, and is encoded in the same way again.
 */
export function ownPath(path: string): string {
  return path.startsWith('//') ? `/%2F${path.slice(2)}` : path;
}

function percentEncode(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
