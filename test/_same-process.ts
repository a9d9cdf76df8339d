import { afterAll, expect, vi } from 'vitest';

// Test files that share a process: one that left it changed could make another fail, or not, by the order in which they run.

const before = stateOfProcess();

afterAll(() => {
  expect(stateOfProcess(), 'what this file has changed in its process').toEqual(before);
});

function stateOfProcess() {
  return {
    environment: { ...process.env },
    folder: process.cwd(),
    mask: process.umask(),
    listeners: process.eventNames().map((name) => [name, process.listenerCount(name)]),
    globals: Object.getOwnPropertyNames(globalThis),
    // What tests, and modules of ours, put something else in the place of.
    replaced: { fetch, Request, Response, Headers, FormData, console, setTimeout, Date },
    hasFakeTimers: vi.isFakeTimers(),
  };
}
