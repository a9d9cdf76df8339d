import type { Finding } from '../../checks/finding.ts';
import { printable, printableLine } from '../../wsgi/printable.ts';

/** A finding of the checks as a terminal shows it: its place, its id, what is and what to do. */
export function describeFinding({ id, message, hint, place }: Finding): string {
  const start = place === undefined ? '' : `${printableLine(place)} `;
  return `${start}(${printableLine(id)}) ${printable(message)}\n    Hint: ${printable(hint)}`;
}
