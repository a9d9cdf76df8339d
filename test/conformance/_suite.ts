import { beforeAll, describe, expect, test } from 'vitest';
import { testBodies } from './_bodies.ts';
import { testEndings } from './_endings.ts';
import { testEnviron } from './_environ.ts';
import { testFailures } from './_failures.ts';
import { testResponses } from './_responses.ts';
import { audit, Run } from './_running.ts';
import type { Capability, Served, ServedLog, Subject } from './_subject.ts';
import { testVolumes } from './_volumes.ts';
import { testAgainstWsgiref } from './_wsgiref-suite.ts';
import { type ApplicationName, application } from './applications/index.ts';

/** How a read fails where nobody has said that the client is gone. */
const BROKEN_BODY = 'The request body broke off.';

type Test = (name: string, body: () => Promise<void>, timeoutMs?: number) => void;

/** What the themes of the suite are given. */
export interface Suite {
  /** A new run of an application of the suite. */
  run(application: ApplicationName, argument?: unknown): Run;
  served(): Served;
  has(capability: Capability): boolean;
  /** Gives `test`, or a test that is skipped and says why, where the subject lacks one of these. */
  needing(...capabilities: Capability[]): Test;
  /** Waits for something in the log, where the subject has one. */
  logged(pattern: RegExp): Promise<void>;
}

/** Runs the conformance suite against a server or an adapter. A number in a test's name is a point of PEP 3333's checklist. */
export function testConformance(subject: Subject): void {
  describe(subject.name, () => {
    let served: Served;
    let runs = 0;
    beforeAll(async () => {
      served = await subject.serve(application);
      return () => served.close();
    });
    const log = (): ServedLog => served.log!;
    const suite: Suite = {
      run(name, argument) {
        runs += 1;
        return new Run(served, `${name} ${runs}`, name, argument);
      },
      served: () => served,
      has: (capability) => subject.lacks[capability] === undefined,
      needing: (...capabilities) => needing(subject, capabilities),
      async logged(pattern) {
        if (suite.has('log')) await log().saw(pattern);
      },
    };
    describe('environ', () => testEnviron(suite));
    describe('environ beside wsgiref', () => testAgainstWsgiref(suite));
    describe('request bodies', () => testBodies(suite));
    describe('responses', () => testResponses(suite));
    describe('failures', () => testFailures(suite));
    describe('clients that go away', () => testEndings(suite));
    describe('volumes', () => testVolumes(suite));
    describe('after all that', () => {
      test('18. close() was called exactly once on whatever an application returned', async () => {
        expect(await audit(served)).toEqual([]);
      });

      const loggedErrors = async () => {
        await suite.run('logs', 'the end').send();
        await log().saw(/the end line two/);
        return log().text.match(/ClientDisconnected.*/g) ?? [];
      };

      needing(subject, ['log'])('24. clients that went away are not an error for the log', async () => {
        const errors = await loggedErrors();
        expect(errors.filter((error) => !error.includes(BROKEN_BODY))).toEqual([]);
      });

      needing(subject, ['log', 'brokenBodies'])(
        '24. nor are those that went away in the middle of their body',
        async () => {
          expect(await loggedErrors()).toEqual([]);
        },
      );
    });
  });
}

function needing({ lacks }: Subject, capabilities: readonly Capability[]): Test {
  const reason = capabilities.map((capability) => lacks[capability]).find((each) => each !== undefined);
  if (reason === undefined) return test;
  return (name, body) => test.skip(`${name} [not here: ${reason}]`, body);
}
