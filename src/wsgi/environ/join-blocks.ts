/** Joins blocks. A single block is returned as it is. */
export function joinBlocks(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (parts.length === 1) return parts[0] as Uint8Array<ArrayBuffer>;
  const joined = allocate(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Memory that will be overwritten completely. Node can leave it uninitialized, which is faster. */
function allocate(length: number): Uint8Array<ArrayBuffer> {
  return globalThis.Buffer === undefined
    ? new Uint8Array(length)
    : new Uint8Array(Buffer.allocUnsafeSlow(length).buffer as ArrayBuffer);
}
