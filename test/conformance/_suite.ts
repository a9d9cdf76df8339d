import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testBodies } from './_bodies.ts';
import { audit, Run } from './_running.ts';
import type { Capability, Served, Subject } from './_subject.ts';
import { type ApplicationName, application } from './applications/index.ts';

type Test = (name: string, body: () => Promise<void>) => void;

/** What the themes of the suite are given. */
export interface Suite {
  /** A new run of an application of the suite. */
  run(application: ApplicationName, argument?: unknown): Run;
  /** Gives `test`, which skips and says why where the subject lacks one of these. */
  needing(...capabilities: Capability[]): Test;
}

/** Runs the whole conformance suite against a server or an adapter. */
export function testConformance(subject: Subject): void {
  describe(subject.name, () => {
    let served: Served;
    let runs = 0;
    beforeAll(async () => {
      served = await subject.serve(application);
    });
    afterAll(() => served.close());
    const suite: Suite = {
      run(name, argument) {
        runs += 1;
        return new Run(served, `${name}-${runs}`, name, argument);
      },
      needing: (...capabilities) => needing(subject, capabilities),
    };
    describe('request bodies', () => testBodies(suite));
    test('18. close() was called exactly once on what each application returned', async () => {
      expect(await audit(served)).toEqual([]);
    });
  });
}

function needing({ lacks }: Subject, capabilities: readonly Capability[]): Test {
  const reasons = capabilities.flatMap((capability) => lacks[capability] ?? []);
  if (reasons.length === 0) return test;
  return (name, body) => test.skip(`${name} [not here: ${reasons.join(', ')}]`, body);
}
