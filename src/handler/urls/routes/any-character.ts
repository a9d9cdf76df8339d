/**
 * Makes the dots of an expression mean the same as in Django: every character except a line feed. In JavaScript they
 * also exclude `\r` and two separators, but a path may contain these.
 */
export function withPlainDots(regex: RegExp): RegExp {
  const { source, flags } = regex;
  if (regex.dotAll || flags.includes('v') || !source.includes('.')) return regex;
  const plain = source.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\./gs, (atom) => (atom === '.' ? '[^\\n]' : atom));
  return new RegExp(plain, flags);
}
