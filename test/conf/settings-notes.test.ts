import { expect, test } from 'vitest';
import { loadSettings } from '../../src/conf/load.ts';
import { settingsNotes } from '../../src/conf/settings-notes.ts';

async function notesOf(settings: object): Promise<readonly string[]> {
  return settingsNotes(await loadSettings({ DEBUG: true, ...settings }));
}

test.each([
  ['ALLOWED_HOST', 'ALLOWED_HOSTS'],
  ['ALLOWED_HOSTSS', 'ALLOWED_HOSTS'],
  ['ALLOWED_HOSTZ', 'ALLOWED_HOSTS'],
  ['MIDDELWARE', 'MIDDLEWARE'],
  ['SECRETKEY', 'SECRET_KEY'],
])('%s, which is one edit away from %s, is mentioned', async (name, known) => {
  expect(await notesOf({ [name]: [] })).toEqual([
    `settings.${name} is not a setting: did you mean ${known}?`,
  ]);
});

test('a name of the site itself is not mentioned', async () => {
  expect(await notesOf({ USE_X_FORWARDED_PORT: true, DATABASES: {}, KEY: 1, MIDDLEWARE: [] })).toEqual([]);
});

test('hosts that are forgotten with DEBUG off are mentioned', async () => {
  expect(await notesOf({ DEBUG: false })).toEqual([
    'settings.ALLOWED_HOSTS is empty and DEBUG is false: every request will be answered with 400.',
  ]);
});
