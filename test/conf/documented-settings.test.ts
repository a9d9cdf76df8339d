import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { KNOWN_SETTINGS } from '../../src/conf/known-settings.ts';

const at = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** What the types say of a setting: its doc comment. */
const COMMENTS = new Map(
  [
    ...readFileSync(at('src/conf/settings-types.ts'), 'utf8').matchAll(
      /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+([A-Z_]+): /g,
    ),
  ].map(([, comment, name]) => {
    const text = comment!.replaceAll(/^\s*\*/gm, ' ').split('@default')[0]!;
    return [name!, text.replaceAll(/\s+/g, ' ').trim()];
  }),
);

function table(): string {
  const rows = Object.entries(KNOWN_SETTINGS).map(
    ([name, { default: byDefault, expected, example }]) =>
      `| \`${name}\` | ${expected} | \`${JSON.stringify(byDefault)}\` | \`${example}\` | ${COMMENTS.get(name)} |`,
  );
  return [
    '| Setting | Type | Default | Example | Meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

test('docs/settings.md has all settings', async () => {
  expect([...COMMENTS.keys()].sort()).toEqual(Object.keys(KNOWN_SETTINGS).sort());
  const page = readFileSync(at('docs/settings.md'), 'utf8');
  const complete = page.replace(
    /(<!-- settings -->)[\s\S]*(<!-- \/settings -->)/,
    (_all, start, end) => `${start}\n\n${table()}\n\n${end}`,
  );
  await expect(complete).toMatchFileSnapshot(at('docs/settings.md'));
});
