import type { LoadedSettings } from '../../conf/load.ts';
import { pathError, settingError } from '../../conf/setting-error.ts';
import { ImproperlyConfigured } from '../../errors.ts';
import { importModule } from '../../loader/imports/import-object.ts';
import { isUnresolvedPath } from '../../loader/imports/unresolved-path.ts';
import { didYouMean } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import { errorHandlersOf } from '../errors/error-handlers.ts';
import { patternFrame } from './pattern-frame.ts';
import type { Params } from './routes/route.ts';
import { IncludedURLs, URLPattern, type View } from './url-pattern.ts';
import type { URLconf, URLNode } from './urlconf.ts';

type Exports = Readonly<Record<string, unknown>>;

/** A value that should be a list of patterns, and its name in messages. */
interface PatternSource {
  readonly exports: Exports;
  readonly shown: string;
  /** Undefined if it was not imported by a dotted path. */
  readonly file: string | undefined;
}

/**
 * Loads the URLconf of the settings and everything that it includes.
 *
 * @throws {ImproperlyConfigured} if there is no URLconf, or if it contains a value that is not a pattern.
 */
export async function loadURLconf({ values, file, module }: LoadedSettings): Promise<URLconf> {
  const { ROOT_URLCONF: root } = values;
  if (root === null) {
    throw await settingError(file, {
      setting: 'ROOT_URLCONF',
      message: 'ROOT_URLCONF is not set: the site has no URLs.',
      hint: `Add to the settings: export const ROOT_URLCONF = '${module?.split('.')[0] ?? 'mysite'}.urls';`,
    });
  }
  const source = await openSource(root, 'the module of ROOT_URLCONF').catch(async (error) => {
    throw await pathError(error, file, { setting: 'ROOT_URLCONF', path: String(root) });
  });
  const nodes = await loadNodes(source, typeof root === 'string' ? [root] : []);
  const errorHandlers = await errorHandlersOf(source);
  return { name: typeof root === 'string' ? root : null, nodes, errorHandlers };
}

async function openSource(source: string | object, otherwise: string): Promise<PatternSource> {
  if (typeof source === 'string') {
    return { ...(await importModule(source)), shown: `'${source}'` };
  }
  const exports = Array.isArray(source) ? { urlpatterns: source } : (source as Exports);
  return { exports, shown: otherwise, file: undefined };
}

/** @param path The dotted paths of the including modules, to detect a circle. */
async function loadNodes(
  { exports, shown, file }: PatternSource,
  path: readonly string[],
): Promise<URLNode[]> {
  const { urlpatterns } = exports;
  if (urlpatterns === undefined) {
    throw await settingError(file, {
      setting: 'urlpatterns',
      message: `${capitalized(shown)} has no export 'urlpatterns'.`,
      hint: missingHint(exports),
    });
  }
  if (!Array.isArray(urlpatterns)) {
    throw await settingError(file, {
      setting: 'urlpatterns',
      message: `urlpatterns in ${shown} must be a list, found ${quote(urlpatterns)}.`,
      hint: "Write: export const urlpatterns = [path('', home)];",
    });
  }
  const nodes: URLNode[] = [];
  for (const [index, pattern] of urlpatterns.entries()) {
    if (!(pattern instanceof URLPattern)) {
      throw await settingError(file, {
        setting: 'urlpatterns',
        message: `urlpatterns[${index}] in ${shown} must be made by path() or rePath(), found ${quote(pattern)}.`,
        hint: "Write: path('articles/', articles), with path from 'startproject/urls'.",
      });
    }
    nodes.push(await loadNode(pattern, path));
  }
  return nodes;
}

async function loadNode(pattern: URLPattern, path: readonly string[]): Promise<URLNode> {
  const { route, target, name, kwargs, origin } = pattern;
  if (!(target instanceof IncludedURLs)) {
    return { kind: 'view', route, kwargs, name, origin, view: target as View<Params> };
  }
  const { source, namespace } = target;
  if (typeof source === 'string' && path.includes(source)) {
    throw await includeError(pattern, source, {
      message: `URLconfs include each other: ${[...path, source].join(' -> ')}.`,
      hint: 'Remove one of the include() calls.',
    });
  }
  const included = await openSource(source, `what '${route.text}' includes`).catch(async (error) => {
    if (typeof source !== 'string' || !isUnresolvedPath(error)) throw error;
    const { hint, message } = error;
    throw await includeError(pattern, source, { message: `include('${source}'): ${message}`, hint });
  });
  if (typeof source === 'string' && included.exports.urlpatterns === undefined) {
    throw await includeError(pattern, source, {
      message: `include('${source}') names a module that has no export 'urlpatterns'.`,
      hint: missingHint(included.exports),
    });
  }
  const children = await loadNodes(included, typeof source === 'string' ? [...path, source] : path);
  return { kind: 'include', route, kwargs, origin, namespace, children };
}

function missingHint(exports: Exports): string {
  const advice = 'Add to it: export const urlpatterns: URLPattern[] = [];';
  return didYouMean('urlpatterns', Object.keys(exports)) ?? advice;
}

/** The error of an include(), with its line if the stack of the pattern contains it. */
async function includeError(
  pattern: URLPattern,
  path: string,
  { message, hint }: { readonly message: string; readonly hint: string | undefined },
): Promise<ImproperlyConfigured> {
  const frame = patternFrame(pattern);
  if (frame === undefined) return new ImproperlyConfigured(message, { hint });
  // A dynamic import, since the module reads files: edge builds leave it out.
  const place = (await import('./locate-include.ts')).locateInclude(frame, path);
  if (place === undefined) return new ImproperlyConfigured(message, { hint });
  const { location, codeFrame, shown } = place;
  return new ImproperlyConfigured(`${shown}: ${message}`, { hint, location, codeFrame });
}

function capitalized(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
