import type { Header } from './types.ts';

/** The value of a header. Values of several headers with the same name are joined. @param wanted In lower case. */
export function joinedValue(headers: readonly Header[], wanted: string): string | undefined {
  const values = headers.filter(([name]) => name.toLowerCase() === wanted);
  return values.length === 0 ? undefined : values.map(([, value]) => value).join(', ');
}

/** Adds a `Server` header if there is a value for it and the application has set none. */
export function withServer(headers: readonly Header[], value: string | undefined): readonly Header[] {
  if (value === undefined || headers.some(([name]) => name.toLowerCase() === 'server')) return headers;
  return [...headers, ['Server', value]];
}
