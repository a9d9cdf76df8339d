import { BadRequest } from '../../web/request/bad-request.ts';

/**
 * The resource does not exist. A view throws it, and the response is 404. Its message is for the developer: the log has it, and
 * the error page with DEBUG.
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
 * The user may not do this: a view throws it, and the response is 403. Its message is for the developer, as that of `Http404`.
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

/** A body is larger than DATA_UPLOAD_MAX_MEMORY_SIZE and was to be read into memory at once. The response is 413. */
export class RequestDataTooBig extends SuspiciousOperation {
  override readonly name = 'RequestDataTooBig';
}

/** The Host header is not one of ALLOWED_HOSTS. */
export class DisallowedHost extends SuspiciousOperation {
  override readonly name = 'DisallowedHost';
}

/** No pattern of the URLconf matches the path. The access log shows the 404, so the error log has no line for it. */
export class UnmatchedPath extends Http404 {}
