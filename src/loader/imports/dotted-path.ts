import { UnresolvedPath } from './unresolved-path.ts';

interface ObjectPath {
  /** `mysite.wsgi` */
  readonly module: string;
  /** `['application']`. Several names stand for nested attributes. */
  readonly attributes: readonly string[];
}

/** The source of a path to an object, for error messages. */
export interface PathUse {
  /** The setting or option that contains the path: `WSGI_APPLICATION`. */
  readonly asker: string;
  /** A correct path, for the hint: `mysite.wsgi.application`. */
  readonly example: string;
}

const ASCII_MODULE = /^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$/;

/**
 * Whether a text can be the name of a module: identifiers with dots between them. Dashes are allowed, since file names
 * have them.
 */
export function isDottedPath(text: string): boolean {
  // Not at import time: to compile an expression with Unicode properties takes 1 ms.
  return (
    ASCII_MODULE.test(text) ||
    /^[\p{ID_Start}_$][\p{ID_Continue}$-]*(?:\.[\p{ID_Start}_$][\p{ID_Continue}$-]*)*$/u.test(text)
  );
}

/** The dotted path for a file name: `mysite/wsgi.ts` is `mysite.wsgi`. Undefined for a text that is not a file name. */
export function moduleOfFile(path: string): string | undefined {
  const [, module] = /^(?:\.\/)?([\w/-]+)\.[mc]?[jt]sx?$/.exec(path) ?? [];
  return module?.replaceAll('/', '.');
}

/**
 * Splits `mysite.wsgi.application` or `mysite.wsgi:application.inner`. Undefined for a text that is not such a path.
 */
export function splitObjectPath(path: string): ObjectPath | undefined {
  const [module, attribute, ...rest] = path.split(':');
  if (attribute !== undefined && rest.length === 0 && isDottedPath(module!) && isDottedPath(attribute)) {
    return { module: module!, attributes: attribute.split('.') };
  }
  const dot = path.lastIndexOf('.');
  if (attribute === undefined && dot > 0 && isDottedPath(path)) {
    return { module: path.slice(0, dot), attributes: [path.slice(dot + 1)] };
  }
  return undefined;
}

/** Splits the path to an object. @throws {UnresolvedPath} for a text that is not such a path. */
export function parseObjectPath(path: string, { asker, example }: PathUse): ObjectPath {
  const parts = splitObjectPath(path);
  if (parts !== undefined) return parts;
  throw new UnresolvedPath(`${asker} '${path}' does not name an object in a module.`, {
    hint: notAPathHint(path, example),
  });
}

function notAPathHint(path: string, example: string): string {
  const module = moduleOfFile(path);
  if (module !== undefined) {
    const object = example.slice(example.lastIndexOf('.') + 1);
    return `Write the module with dots and the object after a colon: '${module}:${object}'.`;
  }
  return `Write 'module.object', as in '${example}'.`;
}
