import { describe, expect, test } from 'vitest';
import { getWsgiApplication } from '../../../src/handler/index.ts';
import { Signal } from '../../../src/handler/signals.ts';
import { include, path, rePath } from '../../../src/handler/urls/index.ts';

const view = () => new Response();
// As JavaScript calls them, or TypeScript that was not checked.
const call = (make: unknown, ...args: unknown[]) => (make as (...args: unknown[]) => unknown)(...args);

describe.each([
  ['path', path, 'x/'],
  ['rePath', rePath, /^x\/$/],
])('%s() tells how to write what would be lost', (_, make, route) => {
  test.each([
    [['home'], "{ name: 'home' }"],
    [[{ extra: true }], '{ kwargs: { extra: true } }'],
    [[{ extra: true }], "{ name: 'name' }"],
    [[{}, 'home'], "{ name: 'home' }"],
    [
      [{ extra: true }, 'home'],
      "{ name: 'home' } for a name, { kwargs: { extra: true } } for more parameters",
    ],
    [[{ Name: 'home' }], "has no option 'Name'"],
    [[{ name: 5 }], "must have text as its option 'name', found 5"],
    [[{ kwargs: 'x' }], "must have object as its option 'kwargs', found 'x'"],
    [[null], 'takes its options as an object, found null'],
    [[['home']], "takes its options as an object, found ['home']"],
    [[undefined, 'home'], "{ name: 'home' }"],
  ])('%j', (options, message) => {
    expect(() => call(make, route, view, ...options)).toThrow(TypeError);
    expect(() => call(make, route, view, ...options)).toThrow(message);
  });

  test('as the name of what is included', () => {
    expect(() => call(make, route, include([]), { name: 'blog' })).toThrow(TypeError);
    expect(() => call(make, route, include([]), { name: 'blog' })).toThrow("{ namespace: 'blog' }");
  });

  test('and takes what is right', () => {
    expect(call(make, route, view, { name: 'home', kwargs: { extra: true } })).toMatchObject({
      name: 'home',
      kwargs: { extra: true },
    });
    expect(call(make, route, view, { name: undefined })).toMatchObject({ name: undefined });
  });
});

test('include() tells how to write a namespace', () => {
  expect(() => call(include, [], 'blog')).toThrow(TypeError);
  expect(() => call(include, [], 'blog')).toThrow("{ namespace: 'blog' }");
  expect(() => call(include, [], { namspace: 'blog' })).toThrow("has no option 'namspace'");
});

test('getWsgiApplication() tells how to write its settings', async () => {
  await expect(call(getWsgiApplication, 'blog.settings')).rejects.toThrow("{ settings: 'blog.settings' }");
});

describe('a signal', () => {
  const signal = new Signal();

  test.each([[{}], [undefined], ['receiver'], [null]])(
    'refuses a receiver that is not a function: %j',
    (receiver) => {
      expect(() => call(signal.connect.bind(signal), receiver)).toThrow(TypeError);
      expect(() => call(signal.connect.bind(signal), receiver)).toThrow('connect() takes a function');
      expect(signal.hasReceivers).toBe(false);
    },
  );

  test('refuses a sender that is not an option', () => {
    expect(() => call(signal.connect.bind(signal), view, view)).toThrow('{ sender: application }');
    expect(() => call(signal.disconnect.bind(signal), view, view)).toThrow('{ sender: application }');
  });
});
