import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WSGIApplication } from '../wsgi/types.ts';
import { type Violation, validator } from '../wsgi/validate/index.ts';

const DOCUMENTATION = fileURLToPath(new URL('../../docs/validator.md', import.meta.url));

/** An application under the validator, which tells what it finds once for each rule and place, and breaks nothing. */
export function validated(application: WSGIApplication, tell: (text: string) => void): WSGIApplication {
  const told = new Set<string>();

  function report({ rule, place, message }: Violation) {
    const key = `${rule} ${place?.file}:${place?.line}`;
    if (told.has(key)) return;
    told.add(key);
    const inside = path.relative(process.cwd(), DOCUMENTATION);
    const file = inside.startsWith('..') ? DOCUMENTATION : inside;
    tell(`WSGI: ${message}\n      See ${file}#${rule}`);
  }

  return validator(application, { report });
}
