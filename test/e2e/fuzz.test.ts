import { expect, onTestFinished, test } from 'vitest';
import { type FuzzedProtocol, fuzz, HTTP } from '../fuzz/_fuzz.ts';
import { Target, type TargetName } from '../fuzz/_target.ts';
import { gatewayProtocol } from '../fuzz/gateway/_cases.ts';

// A short run of what `npm run fuzz` does for a million requests.
test.each<[TargetName, number, FuzzedProtocol?]>([
  ['serve', 4_000],
  ['runserver', 2_000],
  ['noreload', 2_000],
  ['fcgi', 2_000, gatewayProtocol('fcgi')],
  ['scgi', 2_000, gatewayProtocol('scgi')],
  ['uwsgi', 2_000, gatewayProtocol('uwsgi')],
])(
  'nothing that clients send harms %s: no crash, no hang, nothing behind a last response, nothing left open',
  async (name, requests, protocol = HTTP) => {
    const target = await Target.start(name, process.execPath, onTestFinished);
    const report = await fuzz(target, { seed: 1, requests, batch: requests / 2, protocol });
    expect(report.failures).toEqual([]);
    expect(report.requests).toBeGreaterThanOrEqual(requests);
    expect(await target.stop()).toBe(true);
  },
  180_000,
);
