import { expect, test } from 'vitest';
import { showCookie, showValue } from '../../../src/handler/debug/cleanse.ts';
import { hideSecrets } from '../../../src/handler/debug/secrets.ts';
import { path } from '../../../src/handler/urls/index.ts';
import { ask, createApplication } from '../_client.ts';

const HIDDEN = '*'.repeat(20);
// In parts, so that no scanner takes them for real ones.
const JWT = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0In0', 'dozjgNryP4J3jVmNHl0w5N'].join('.');

test.each([
  'JWT_ISSUER',
  'AWS_CREDENTIALS',
  'SENTRY_DSN',
  'DB_PWD',
  'stripeSecret',
  'HTTP_AUTHORIZATION',
  'sig',
  'access_key',
  'accessKey',
  'HTTP_PROXY_AUTHORIZATION',
  'Set-Cookie',
  'connectionString',
  'sessionid',
  'otp',
])('the value of %s is hidden by its name', (name) => expect(showValue(name, 'hush')).toBe(HIDDEN));

test.each(['AUTHOR', 'author_id', 'ZIP_CODE', 'page', 'DEBUG', 'SESSION_COOKIE_NAME', 'PINS'])(
  'the value of %s is shown',
  (name) => expect(showValue(name, 'shown')).toBe('shown'),
);

test.each([
  ['a key of Stripe', `sk_${'live'}_51Habcdefghij`],
  ['a restricted key of Stripe', `rk_${'test'}_51Habcdefghij`],
  ['a token of GitHub', `ghp_${'a1B2c3D4e5'.repeat(3)}`],
  ['a fine-grained token of GitHub', `github_${'pat'}_${'a1B2c3D4e5'.repeat(3)}`],
  ['a token of GitLab', `glpat-${'a1B2c3D4e5'.repeat(2)}`],
  ['a token of Slack', `xoxb-${'12345678'}-abcdefgh`],
  ['a key of AWS', `AKIA${'ABCD'.repeat(4)}`],
  ['a key of OpenAI', `sk-proj-${'a1B2c3D4e5'.repeat(3)}`],
  ['a JWT', JWT],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----'],
])('%s is hidden wherever it stands', (_, secret) => {
  expect(hideSecrets(secret)).toBe(HIDDEN);
  expect(hideSecrets(`It is ${secret}, no more.`)).toBe(`It is ${HIDDEN}, no more.`);
  expect(showValue('LIST', [{ first: secret }])).toContain(HIDDEN);
  expect(showValue('LIST', [{ first: secret }])).not.toContain(secret.slice(8));
});

test.each([
  ['postgres://me:hush@host/db', `postgres://me:${HIDDEN}@host/db`],
  ['postgres://me:hu@sh@host/db', `postgres://me:${HIDDEN}@host/db`],
  ['postgres://me:hu/sh@host/db', `postgres://me:${HIDDEN}@host/db`],
  ['redis://:hush@host', `redis://:${HIDDEN}@host`],
  ['https://0123456789abcdef0123@sentry.example/1', `https://${HIDDEN}@sentry.example/1`],
  ['postgres://host/db?user=me&password=hush', `postgres://host/db?user=me&password=${HIDDEN}`],
  ['/reset?token=hush&page=2#key=hush', `/reset?token=${HIDDEN}&page=2#key=${HIDDEN}`],
  ['/?%74oken=hush', `/?%74oken=${HIDDEN}`],
  ['api_key=hush&b=1', `api_key=${HIDDEN}&b=1`],
  ['/?code=hush&user[password]=hush', `/?code=${HIDDEN}&user[password]=${HIDDEN}`],
  ['host=db user=me password=hush sslmode=on', `host=db user=me password=${HIDDEN} sslmode=on`],
  ["host=db password='hu sh' user=me", `host=db password='${HIDDEN}' user=me`],
  ['Server=db;User Id=sa;Password=hush;', `Server=db;User Id=sa;Password=${HIDDEN};`],
  ['AccountName=x;AccountKey=hush==;Suffix=y', `AccountName=x;AccountKey=${HIDDEN};Suffix=y`],
  ['{"password":"hush", "a": 1}', `{"password":"${HIDDEN}", "a": 1}`],
  ['Authorization: Bearer abcd1234', `Authorization: Bearer ${HIDDEN}`],
  ['got Basic bWU6aHVzaA==.', `got Basic ${HIDDEN}.`],
  ['/login?next=%2Fa%3Ftoken%3Dhush%26b%3D1', `/login?next=%2Fa%3Ftoken%3D${HIDDEN}%26b%3D1`],
])('of %s the secrets are hidden', (url, shown) => expect(hideSecrets(url)).toBe(shown));

test.each([
  'http://localhost:8000/@vite/client',
  'http://me@host/',
  '/?q=a=b&author=jane',
  'a.b.c',
  'eyJ',
  '50%',
  'Bearer authentication',
  `Unexpected token 'o', "no" is not valid JSON`,
])('%s is shown as it is', (text) => expect(hideSecrets(text)).toBe(text));

test('secrets deep in a value are hidden, in pairs of names and values as well; instances of classes stay closed', () => {
  const nested = showValue('DATABASES', { default: { USER: 'me', deep: [{ api_key: 'hush' }] } });
  expect(nested).toContain(`api_key: '${HIDDEN}'`);
  const pairs = showValue('headers', [
    ['Authorization', 'hush'],
    ['Accept', 'text/html'],
  ]);
  expect(pairs).toBe(`[ [ 'Authorization', '${HIDDEN}' ], [ 'Accept', 'text/html' ] ]`);
  for (const value of [new Map([['password', 'hush']]), new Headers({ authorization: 'hush' })]) {
    expect(showValue('value', value)).not.toContain('hush');
  }
});

test('a cookie is hidden by its name or by its look', () => {
  expect(showCookie('connect.sid', 'hush')).toBe(HIDDEN);
  expect(showCookie('theme', JWT)).toBe(HIDDEN);
  expect(showCookie('theme', 'dark')).toBe('dark');
});

test('a secret that is cut at the end of what is shown is hidden as well', () => {
  const shown = showValue('TEXT', `${'x '.repeat(2_040)}${JWT}${' y'.repeat(50_000)}`);
  expect(shown).not.toContain('eyJ');
  expect(shown).toMatch(/… <trimmed \d+ characters>$/);
});

test.each(['://a:', 'eyJ-', 'eyJaaaaaaaa.', '?a', '%3F', '-----BEGIN PRIVATE KEY-----', 'sk-', 'gh'])(
  'what repeats %s without end is shown, and no search goes on for minutes',
  (part) => {
    expect(showValue('HTTP_X', part.repeat(16_384)).length).toBeLessThan(8_192);
  },
);

test.each(['/boom', '/nothing'])(
  'the pages of %s show no secret of a URL, Referer or cookie',
  async (place) => {
    const view = () => Promise.reject(new Error('cannot reach https://me:hush-1@host/?token=hush-2'));
    const application = await createApplication([path('boom/<name>', view)], {
      DEBUG: true,
      SECRET_KEY: 'x',
    });
    for (const HTTP_ACCEPT of ['text/html', 'text/plain']) {
      const environ = {
        HTTP_ACCEPT,
        HTTP_REFERER: 'http://testserver/login?password=hush-3',
        HTTP_COOKIE: `theme=${JWT}`,
        REQUEST_URI: '/boom?token=hush-4',
      };
      const url = `${place}/${JWT}?token=hush-4&key=hush-5&page=2`;
      const { body } = await ask(application, url, { environ });
      expect(body).toContain(`?token=${HIDDEN}&`.replace('&', HTTP_ACCEPT === 'text/html' ? '&#38;' : '&'));
      expect(body.replaceAll(/^.*Promise\.reject.*$/gm, '')).not.toContain('hush');
      expect(body).not.toContain(JWT);
    }
  },
);
