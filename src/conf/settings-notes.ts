import { KNOWN_SETTINGS } from './known-settings.ts';
import type { LoadedSettings } from './load.ts';

/**
 * Notes about settings that have the correct type but are probably mistakes, one line each. A site may have settings of
 * its own, so an unknown name is mentioned only if it is similar to a known one.
 */
export function settingsNotes(settings: LoadedSettings): readonly string[] {
  const { values } = settings;
  const notes = misspelt(settings).map(
    ({ name, known }) => `settings.${name} is not a setting: did you mean ${known}?`,
  );
  if (!values.DEBUG && values.ALLOWED_HOSTS.length === 0) {
    notes.push(
      'settings.ALLOWED_HOSTS is empty and DEBUG is false: every request will be answered with 400.',
    );
  }
  return notes;
}

/** Names that are similar to the name of a setting. */
export function misspelt({
  overridden,
}: LoadedSettings): { readonly name: string; readonly known: string }[] {
  return [...overridden].flatMap((name) => {
    const known = Object.keys(KNOWN_SETTINGS).find((other) => isOneEditAway(name, other));
    return known !== undefined && !(name in KNOWN_SETTINGS) ? { name, known } : [];
  });
}

/** Whether the names differ by one character that is added, removed or replaced, or by two swapped neighbours. */
function isOneEditAway(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const inA = a.slice(start, a.length - end);
  const inB = b.slice(start, b.length - end);
  return (inA.length <= 1 && inB.length <= 1) || (inA.length === 2 && inB === inA[1]! + inA[0]!);
}
