import { expect, test } from 'vitest';
import { detectPackageManager, runLine, runScriptLine } from '../../../src/scaffold/tools/package-manager.ts';

test.each([
  ['npm/10.8.2 node/v20.20.2 linux x64 workspaces/false', 'npm'],
  ['pnpm/9.12.0 npm/? node/v20.20.2 linux x64', 'pnpm'],
  ['yarn/4.5.0 npm/? node/v20.20.2 linux x64', 'yarn'],
  ['bun/1.1.30 npm/? node/v22.6.0 linux x64', 'bun'],
  ['cnpm/9.0.0 npminstall/7.0.0', 'npm'],
  [undefined, 'npm'],
])('the user agent %s is of %s', (userAgent, expected) => {
  expect(detectPackageManager(userAgent)).toBe(expected);
});

test.each([
  ['npm', 'npx runserver'],
  ['pnpm', 'pnpm exec runserver'],
  ['yarn', 'yarn runserver'],
  ['bun', 'bunx runserver'],
] as const)('%s runs a command by %s', (packageManager, line) => {
  expect(runLine(packageManager, 'runserver')).toBe(line);
});

test.each([
  ['npm', 'npm run dev', 'npm run dev -- 8001'],
  ['pnpm', 'pnpm run dev', 'pnpm run dev 8001'],
  ['yarn', 'yarn dev', 'yarn dev 8001'],
  ['bun', 'bun run dev', 'bun run dev 8001'],
] as const)('%s runs a script by %s', (packageManager, line, lineWithArguments) => {
  expect(runScriptLine(packageManager, 'dev')).toBe(line);
  expect(runScriptLine(packageManager, 'dev', '8001')).toBe(lineWithArguments);
});
