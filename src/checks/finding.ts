/** A part of a site that is valid but probably a mistake. */
export interface Finding {
  /** Django's identifier, if it has this check: `security.W018`. `docs/checks.md` lists all. */
  readonly id: string;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** The place in the form of all messages: `mysite/urls.ts:4:3`. */
  readonly place?: string | undefined;
}

/** Whether a value from another process is a finding. */
export function isFinding(value: unknown): value is Finding {
  if (typeof value !== 'object' || value === null) return false;
  const { id, message, hint, place } = value as Readonly<Record<string, unknown>>;
  const isText = (field: unknown) => typeof field === 'string';
  return [id, message, hint].every(isText) && (place === undefined || isText(place));
}
