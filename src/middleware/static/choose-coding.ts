/** The file name endings of compressed siblings, the best coding first. */
export const CODINGS = { br: '.br', zstd: '.zst', gzip: '.gz' } as const;

export type Coding = keyof typeof CODINGS;

/**
 * The client's preferred coding among the available ones; undefined if it accepts none of them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding
 */
export function chooseCoding(accept: string | undefined, available: readonly Coding[]): Coding | undefined {
  if (accept === undefined || available.length === 0) return undefined;
  const weights = new Map<string, number>();
  for (const item of accept.toLowerCase().split(',')) {
    const [name, ...parameters] = item.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name === 'x-gzip' ? 'gzip' : name!, weight === undefined ? 1 : Number(weight) || 0);
  }
  const weightOf = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  let best: Coding | undefined;
  for (const coding of available) {
    if (weightOf(coding) > (best === undefined ? 0 : weightOf(best))) best = coding;
  }
  // If the client gives no weight for the uncompressed file, any accepted coding is preferred to it.
  return best !== undefined && weightOf(best) >= (weights.get('identity') ?? 0) ? best : undefined;
}
