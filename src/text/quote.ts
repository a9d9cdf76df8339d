const LONGEST = 80;

/** A value for messages: text in quotes, a function by its name, on a single line and shortened. */
export function quote(value: unknown): string {
  const text = inSource(value).replace(/\s+/g, ' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function inSource(value: unknown): string {
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"')}'`;
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'an anonymous function';
  if (Array.isArray(value)) return `[${value.map(inSource).join(', ')}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  const name = value.constructor?.name ?? kind;
  return kind === 'Module' ? 'a module' : name === 'Object' ? 'an object' : `an object of ${name}`;
}
