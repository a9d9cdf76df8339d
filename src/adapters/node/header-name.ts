// Clients send the same few headers again and again. Emptied when full, so that made-up names can't fill it for good.
const CACHE_SIZE = 512;
const names = new Map<string, string | undefined>();

/** The header that a key of an environ stands for, in lower case; `undefined` for a key that is no header. */
export function headerName(key: string): string | undefined {
  const known = names.get(key);
  if (known !== undefined || names.has(key)) return known;
  const name = toHeaderName(key);
  if (names.size === CACHE_SIZE) names.clear();
  names.set(key, name);
  return name;
}

function toHeaderName(key: string): string | undefined {
  if (key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH') return key.toLowerCase().replace('_', '-');
  return key.startsWith('HTTP_') ? key.slice('HTTP_'.length).toLowerCase().replaceAll('_', '-') : undefined;
}
