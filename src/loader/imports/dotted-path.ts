import { ImproperlyConfigured } from '../../errors.ts';

export interface ObjectPath {
  /** `mysite.wsgi` */
  readonly module: string;
  /** `['application']`; several where an attribute of an attribute is meant. */
  readonly attributes: readonly string[];
}

const ASCII_MODULE = /^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$/;

/** Whether a text can name a module: identifiers (dashes too, as files have them) with dots between. */
export function isDottedPath(text: string): boolean {
  // To make an expression of Unicode's properties takes each process a millisecond.
  return (
    ASCII_MODULE.test(text) ||
    /^[\p{ID_Start}_$][\p{ID_Continue}$-]*(?:\.[\p{ID_Start}_$][\p{ID_Continue}$-]*)*$/u.test(text)
  );
}

/**
 * Takes `mysite.wsgi.application` or `mysite.wsgi:application.inner` apart.
 *
 * @param path What was written.
 * @param asker The setting or option it was written in, for the message.
 * @throws {ImproperlyConfigured} when it is neither.
 */
export function parseObjectPath(path: string, asker: string): ObjectPath {
  const [module, attribute, ...rest] = path.split(':');
  if (attribute !== undefined && rest.length === 0 && isDottedPath(module!) && isDottedPath(attribute)) {
    return { module: module!, attributes: attribute.split('.') };
  }
  const dot = path.lastIndexOf('.');
  if (attribute === undefined && dot > 0 && isDottedPath(path)) {
    return { module: path.slice(0, dot), attributes: [path.slice(dot + 1)] };
  }
  throw new ImproperlyConfigured(`${asker} '${path}' does not name an object in a module.`, {
    hint: notAPathHint(path),
  });
}

function notAPathHint(path: string): string {
  const file = /^(?:\.\/)?([\w/-]+)\.[mc]?[jt]sx?$/.exec(path);
  if (file)
    return `Write the module with dots and the object after a colon: '${file[1]!.replaceAll('/', '.')}:application'.`;
  if (isDottedPath(path)) return `Write 'module.object', as in '${path}.application'.`;
  return "Write 'module.object', as in 'mysite.wsgi.application'.";
}
