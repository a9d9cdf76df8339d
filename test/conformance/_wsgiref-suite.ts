import { beforeAll, expect } from 'vitest';
import { describeWith, PYTHON } from '../e2e/_real-parts.ts';
import type { Difference } from './_environ-comparison.ts';
import type { Suite } from './_suite.ts';
import { compareAll, notPermitted, Wsgiref } from './_wsgiref.ts';

/** The environ beside that of CPython's wsgiref. */
export function testAgainstWsgiref({ served, needing }: Suite): void {
  describeWith(PYTHON, (python) => {
    let wsgiref: Wsgiref;
    beforeAll(async () => {
      wsgiref = await Wsgiref.start(python);
      return () => wsgiref.stop();
    });

    needing('wire', 'verbatim')(
      '10. the same bytes make the same environ as in wsgiref, but for what docs/wsgi.md says',
      async () => {
        const { port, isSecure } = served();
        const differences = await compareAll({ port: port!, isSecure }, wsgiref.port);
        expect(differences.length).toBeGreaterThan(0);
        const wrong = notPermitted(differences);
        // wsgiref speaks no TLS.
        const isOfTls = ({ key }: Difference) =>
          key === 'HTTPS' || key.startsWith('SSL_') || key === 'wsgi.url_scheme';
        expect(isSecure ? wrong.filter((difference) => !isOfTls(difference)) : wrong).toEqual([]);
      },
    );
  });
}
