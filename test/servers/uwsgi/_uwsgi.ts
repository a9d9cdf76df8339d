/** A packet of the uwsgi protocol with variables. */
export function uwsgiPacket(
  variables: readonly (readonly [name: string, value: string])[],
  modifier1 = 0,
  modifier2 = 0,
): Buffer {
  const data = Buffer.concat(variables.flat().map((text) => sizedText(text)));
  return Buffer.concat([header(modifier1, data.length, modifier2), data]);
}

export function header(modifier1: number, size: number, modifier2 = 0): Buffer {
  return Buffer.of(modifier1, size & 255, size >> 8, modifier2);
}

/** A text behind its size. @param size another one than its own, to lie about it */
export function sizedText(text: string, size = text.length): Buffer {
  return Buffer.concat([Buffer.of(size & 255, size >> 8), Buffer.from(text, 'latin1')]);
}
