/** `site.css` with the hash of its content before the ending: `site.3f2a9c1b04de.css`. */
export function hashedName(name: string, hash: string): string {
  const slash = name.lastIndexOf('/') + 1;
  const dot = name.lastIndexOf('.');
  const end = dot > slash ? dot : name.length;
  return `${name.slice(0, end)}.${hash}${name.slice(end)}`;
}

const HASHED = /^(.*[^/])\.([\da-f]{12})(\.[^./]*)?$/s;

/** Splits a name with a hash into the name and the hash. */
export function parseHashedName(name: string): { readonly name: string; readonly hash: string } | undefined {
  const match = HASHED.exec(name);
  return match === null ? undefined : { name: match[1]! + (match[3] ?? ''), hash: match[2]! };
}
