/** The head of a request by SCGI. */
export function scgiHead(variables: readonly (readonly [name: string, value: string])[]): Buffer {
  return netstring(variables.map(([name, value]) => `${name}\0${value}\0`).join(''));
}

export function netstring(text: string): Buffer {
  return Buffer.from(`${text.length}:${text},`, 'latin1');
}
