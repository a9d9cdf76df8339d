import type { LoadedSettings } from '../../conf/load.ts';
import { quote } from '../../text/quote.ts';
import { rawHost, requestPathInfo, requestUrl } from '../../web/request/request-target.ts';
import type { Environ } from '../../wsgi/types.ts';
import { requestScheme, requestScriptName } from '../site-target.ts';
import type { URLconf, ViewNode } from '../urls/urlconf.ts';
import { showCookie, showValue } from './cleanse.ts';
import { hideSecrets } from './secrets.ts';

/** The circumstances that an error page shows. */
export interface DebugCircumstances {
  readonly environ: Environ;
  /** The path below the mount point, as text. */
  readonly path: string;
  readonly settings: LoadedSettings;
  readonly urlconf: URLconf;
  /** The pattern whose view was called, if any. */
  readonly called: ViewNode | undefined;
}

/** Names and formatted values, with the URL that opens a place in an editor. */
export type Facts = readonly (readonly [name: string, value: string, action?: string | undefined])[];

export interface FactGroup {
  readonly title: string;
  readonly facts: Facts;
  /** Shown when there are no facts. */
  readonly otherwise: string;
  /** Whether it is folded until the reader opens it. */
  readonly isFolded?: boolean;
}

// Matches the variables of a request. The others may be those of the process, which may contain secrets.
const REQUEST_VARIABLE =
  /^(?:HTTP_|wsgi\.|REQUEST_|SERVER_|REMOTE_|CONTENT_|(?:SCRIPT_NAME|PATH_INFO|QUERY_STRING|GATEWAY_INTERFACE|HTTPS|AUTH_TYPE)$)/;

/** The requested URL without its secrets. The host is not checked, since pages for disallowed hosts show it too. */
export function shownUrl(environ: Environ, { values }: LoadedSettings): string {
  const url = requestUrl(environ, {
    scheme: requestScheme(environ, values),
    host: rawHost(environ, values.USE_X_FORWARDED_HOST),
    scriptName: requestScriptName(environ, values),
    pathInfo: requestPathInfo(environ),
  });
  return hideSecrets(url);
}

/** The data of a request, without secrets. */
export function requestGroups(environ: Environ): readonly FactGroup[] {
  const query = [...new URLSearchParams(environ.QUERY_STRING)];
  const cookies = parseCookies(environ.HTTP_COOKIE ?? '');
  return [
    {
      title: 'Query',
      facts: query.map(([name, value]) => [name, showValue(name, value)]),
      otherwise: 'The URL has none.',
    },
    { title: 'Body', facts: [], otherwise: bodyNote(environ) },
    {
      title: 'Cookies',
      facts: cookies.map(([name, value]) => [name, showCookie(name, value)]),
      otherwise: 'The request has none.',
    },
    { title: 'Environ', facts: requestVariables(environ), otherwise: 'Nothing', isFolded: true },
  ];
}

function requestVariables(environ: Environ): Facts {
  const names = Object.keys(environ).filter((name) => REQUEST_VARIABLE.test(name));
  return names.sort().map((name) => {
    const value = environ[name];
    return [name, typeof value === 'string' ? showValue(name, value) : quote(value)];
  });
}

/** The settings, without secrets. */
export function settingFacts({ module, values }: LoadedSettings): Facts {
  const names = Object.keys(values).sort();
  const facts = names.map((name) => [name, showValue(name, (values as never)[name])] as const);
  return [['SETTINGS_MODULE', module ?? '(given as an object)'], ...facts];
}

/** Explains why the page shows details. */
export function footnote({ module }: LoadedSettings): string {
  return `DEBUG is on in ${module ?? 'the settings'}, so errors come with their details. Without it, visitors get a plain page.`;
}

function bodyNote({ CONTENT_LENGTH: length, CONTENT_TYPE: type }: Environ): string {
  if (!length || length === '0') return 'The request has none.';
  return `A body of ${length} bytes${type ? `, ${type}` : ''}, which is left for the view to read`;
}

function parseCookies(header: string): [string, string][] {
  return header
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [name, ...value] = part.split('=');
      return [name!.trim(), value.join('=').trim()];
    });
}
