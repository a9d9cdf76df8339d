/** Something about a site that is right in form and probably not meant. */
export interface Finding {
  /** Django's own where it has one: `security.W018`. All are in docs/checks.md. */
  readonly id: string;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** Where it is, as the developer knows it: `mysite/urls.ts:4:3`. */
  readonly place?: string | undefined;
}

/** The shape of a finding that comes from another process. */
export function isFinding(value: unknown): value is Finding {
  if (typeof value !== 'object' || value === null) return false;
  const { id, message, hint, place } = value as Readonly<Record<string, unknown>>;
  const isText = (field: unknown) => typeof field === 'string';
  return [id, message, hint].every(isText) && (place === undefined || isText(place));
}
