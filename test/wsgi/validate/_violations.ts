import { run } from '../../../src/wsgi/driver/driver.ts';
import type { Environ, WSGIApplication } from '../../../src/wsgi/types.ts';
import { type Violation, validator } from '../../../src/wsgi/validate/index.ts';
import { createEnviron, RecordingTransport } from '../driver/_transport.ts';

/** Runs an application under a validator that reports, and under our driver. Gives what it reported. */
export async function violations(
  application: WSGIApplication,
  environ: Partial<Environ> = {},
): Promise<Violation[]> {
  const found: Violation[] = [];
  const checked = validator(application, { report: (violation) => found.push(violation) });
  await run(checked, createEnviron(environ), new RecordingTransport(), { onError: () => {} });
  return found;
}
