import { UnresolvedPath } from './unresolved-path.ts';

interface ObjectPath {
  /** `mysite.wsgi` */
  readonly module: string;
  /** `['application']`; several where an attribute of an attribute is meant. */
  readonly attributes: readonly string[];
}

/** The setting or option of a path to an object, with a correct value, for messages. */
export interface PathUse {
  /** The setting or option: `WSGI_APPLICATION`. */
  readonly asker: string;
  /** A path of the correct form: `mysite.wsgi.application`. */
  readonly example: string;
}

const ASCII_MODULE = /^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$/;

/** Whether a text can name a module: identifiers (dashes too, as files have them) with dots between. */
export function isDottedPath(text: string): boolean {
  // On demand: an expression with Unicode properties takes 1 ms to compile.
  return (
    ASCII_MODULE.test(text) ||
    /^[\p{ID_Start}_$][\p{ID_Continue}$-]*(?:\.[\p{ID_Start}_$][\p{ID_Continue}$-]*)*$/u.test(text)
  );
}

/** The dotted path for a file name: `mysite/wsgi.ts`. Undefined for another text. */
export function moduleOfFile(path: string): string | undefined {
  const [, module] = /^(?:\.\/)?([\w/-]+)\.[mc]?[jt]sx?$/.exec(path) ?? [];
  return module?.replaceAll('/', '.');
}

/** Splits `mysite.wsgi.application` or `mysite.wsgi:application.inner`. Undefined for another text. */
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

/** The same for a text that must be a dotted path. @throws {UnresolvedPath} for another text. */
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
