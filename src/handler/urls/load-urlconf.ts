import type { LoadedSettings } from '../../conf/load.ts';
import { settingError } from '../../conf/setting-error.ts';
import { ImproperlyConfigured } from '../../errors.ts';
import { importModule } from '../../loader/imports/import-object.ts';
import { didYouMean } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import { errorHandlersOf } from '../errors/error-handlers.ts';
import type { Params } from './routes/route.ts';
import { IncludedURLs, URLPattern, type View } from './url-pattern.ts';
import type { URLconf, URLNode } from './urlconf.ts';

type Exports = Readonly<Record<string, unknown>>;

/** A list of patterns, or what should be one, and what messages call it. */
interface PatternSource {
  readonly exports: Exports;
  readonly shown: string;
}

/**
 * Loads the URLconf that the settings name, and all that it includes.
 *
 * @throws {ImproperlyConfigured} when there is none, or when something in it is not a pattern.
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
  const source = await openSource(root, 'the module of ROOT_URLCONF');
  const nodes = await loadNodes(source, typeof root === 'string' ? [root] : []);
  const errorHandlers = errorHandlersOf(source.exports, source.shown);
  return { name: typeof root === 'string' ? root : null, nodes, errorHandlers };
}

async function openSource(source: string | object, otherwise: string): Promise<PatternSource> {
  if (typeof source === 'string') {
    return { exports: (await importModule(source)).exports, shown: `'${source}'` };
  }
  return { exports: Array.isArray(source) ? { urlpatterns: source } : (source as Exports), shown: otherwise };
}

/** @param path The dotted paths on the way here, so that a circle is an error and not endless. */
async function loadNodes({ exports, shown }: PatternSource, path: readonly string[]): Promise<URLNode[]> {
  const { urlpatterns } = exports;
  if (urlpatterns === undefined) {
    throw new ImproperlyConfigured(`${capitalized(shown)} has no export 'urlpatterns'.`, {
      hint:
        didYouMean('urlpatterns', Object.keys(exports)) ??
        'Add to it: export const urlpatterns: URLPattern[] = [];',
    });
  }
  if (!Array.isArray(urlpatterns)) {
    throw new ImproperlyConfigured(`urlpatterns in ${shown} must be a list, found ${quote(urlpatterns)}.`, {
      hint: "Write: export const urlpatterns = [path('', home)];",
    });
  }
  const nodes: URLNode[] = [];
  for (const [index, pattern] of urlpatterns.entries()) {
    if (!(pattern instanceof URLPattern)) {
      throw new ImproperlyConfigured(
        `urlpatterns[${index}] in ${shown} must be made by path() or rePath(), found ${quote(pattern)}.`,
        { hint: "Write: path('articles/', articles), with path from 'startproject/urls'." },
      );
    }
    nodes.push(await loadNode(pattern, path));
  }
  return nodes;
}

async function loadNode(
  { route, target, name, kwargs, origin }: URLPattern,
  path: readonly string[],
): Promise<URLNode> {
  if (!(target instanceof IncludedURLs)) {
    return { kind: 'view', route, kwargs, name, origin, view: target as View<Params> };
  }
  const { source, namespace } = target;
  if (typeof source === 'string' && path.includes(source)) {
    throw new ImproperlyConfigured(`URLconfs include each other: ${[...path, source].join(' -> ')}.`, {
      hint: 'Take one of the include() calls out.',
    });
  }
  const children = await loadNodes(
    await openSource(source, `what '${route.text}' includes`),
    typeof source === 'string' ? [...path, source] : path,
  );
  return { kind: 'include', route, kwargs, namespace, children };
}

function capitalized(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
