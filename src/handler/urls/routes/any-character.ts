/**
 * An expression whose dots mean what they mean to Django: every character but a line feed. JavaScript leaves out
 * `\r` and two separators as well, and a path may have any.
 */
export function withPlainDots(regex: RegExp): RegExp {
  const { source, flags } = regex;
  if (regex.dotAll || flags.includes('v') || !source.includes('.')) return regex;
  const plain = source.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\./gs, (atom) => (atom === '.' ? '[^\\n]' : atom));
  return new RegExp(plain, flags);
}
