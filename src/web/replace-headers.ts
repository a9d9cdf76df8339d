/** Makes headers the same as others are now. */
export function replaceHeaders(headers: Headers, others: Headers): void {
  for (const name of [...headers.keys()]) headers.delete(name);
  for (const [name, value] of others) headers.append(name, value);
}
