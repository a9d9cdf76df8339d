import path from 'node:path';
import { PACKAGE_ROOT } from '../../files/package-root.ts';
import { shownPath } from '../../files/shown-path.ts';
import type { WSGIApplication } from '../../wsgi/types.ts';
import { type Violation, validator } from '../../wsgi/validate/index.ts';

const DOCUMENTATION = path.join(PACKAGE_ROOT, 'docs/validator.md');

/** Wraps an application in the validator. A violation does not throw: it is reported once for each rule and place. */
export function validated(application: WSGIApplication, tell: (text: string) => void): WSGIApplication {
  const told = new Set<string>();

  function report({ rule, place, message }: Violation) {
    const key = `${rule} ${place?.file}:${place?.line}`;
    if (told.has(key)) return;
    told.add(key);
    tell(`WSGI: ${message}\n      See ${shownPath(DOCUMENTATION, process.cwd())}#${rule}`);
  }

  return validator(application, { report });
}
