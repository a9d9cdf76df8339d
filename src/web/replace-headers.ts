/** Replaces the content of `headers` with that of `others`. */
export function replaceHeaders(headers: Headers, others: Headers): void {
  for (const name of [...headers.keys()]) headers.delete(name);
  for (const [name, value] of others) headers.append(name, value);
}
