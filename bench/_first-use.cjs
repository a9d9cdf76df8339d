/** One use of `first-use.js`, in a process of its own: prints its CPU time in ms. From a file, since `node -e` has loaded node:crypto already. */

const USES = {
  Request: () => globalThis.Request,
  Headers: () => globalThis.Headers,
  Response: () => globalThis.Response,
  AsyncLocalStorage: () =>
    new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage)().run(1, () => {}),
  'node:crypto': () => process.getBuiltinModule('node:crypto').createHash('sha256'),
  'node:http': () => process.getBuiltinModule('node:http').createServer,
  'node:https': () => process.getBuiltinModule('node:https').createServer,
  'get-tsconfig': () => require('get-tsconfig'),
};

module.exports = { names: Object.keys(USES) };

if (require.main === module) {
  const use = USES[process.argv[2]];
  const before = process.cpuUsage();
  use();
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String((user + system) / 1000));
}
