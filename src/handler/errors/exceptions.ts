import { BadRequest } from '../../web/request/bad-request.ts';

/**
 * The resource does not exist: if a view throws it, the response is 404. The message is for the developer: it is in the log, and
 * on the error page with DEBUG.
 *
 * @example
 * import { Http404, type View } from 'startproject/urls';
 *
 * export const article: View<{ id: number }> = (request, { id }) => {
 *   throw new Http404(`There is no article ${id}.`);
 * };
 */
export class Http404 extends Error {
  override readonly name = 'Http404';
}

/**
 * The user may not do this: if a view throws it, the response is 403. The message is for the developer, as with `Http404`.
 *
 * @example
 * import { PermissionDenied } from 'startproject/urls';
 *
 * export function admin(request: Request): Response {
 *   throw new PermissionDenied('Only administrators may see this.');
 * }
 */
export class PermissionDenied extends Error {
  override readonly name = 'PermissionDenied';
}

/** The request looks like an attack. The response is 400 too, and the message goes to the log. */
export class SuspiciousOperation extends BadRequest {
  override readonly name: string = 'SuspiciousOperation';
}

/** A body that should be read into memory is larger than DATA_UPLOAD_MAX_MEMORY_SIZE. The response is 413. */
export class RequestDataTooBig extends SuspiciousOperation {
  override readonly name = 'RequestDataTooBig';
}

/** The Host header is not one of ALLOWED_HOSTS. */
export class DisallowedHost extends SuspiciousOperation {
  override readonly name = 'DisallowedHost';
}

/** No pattern of the URLconf matches the path. The access log shows the 404, so the error log has no line for it. */
export class UnmatchedPath extends Http404 {}
