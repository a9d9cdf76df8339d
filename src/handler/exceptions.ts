/**
 * There is no such thing: the response is 404.
 *
 * @example
 * if (!article) throw new Http404(`There is no article ${id}.`);
 */
export class Http404 extends Error {
  override readonly name = 'Http404';
}

/** The user may not do this: the response is 403. */
export class PermissionDenied extends Error {
  override readonly name = 'PermissionDenied';
}

/** The request makes no sense: the response is 400. */
export class BadRequest extends Error {
  override readonly name: string = 'BadRequest';
}

/** The method is one that a web-standard Request cannot have, so that no view can answer: the response is 501. */
export class MethodNotImplemented extends BadRequest {
  override readonly name = 'MethodNotImplemented';

  constructor(method: string) {
    super(`The method ${method} is not implemented: a web-standard Request cannot have it.`);
  }
}

/** The request looks like an attack. The response is 400 too, and the message goes to the log. */
export class SuspiciousOperation extends BadRequest {
  override readonly name: string = 'SuspiciousOperation';
}

/** More than DATA_UPLOAD_MAX_MEMORY_SIZE was to be read into memory at once: the response is 413. */
export class RequestDataTooBig extends SuspiciousOperation {
  override readonly name = 'RequestDataTooBig';
}

/** The Host header is not one of ALLOWED_HOSTS. */
export class DisallowedHost extends SuspiciousOperation {
  override readonly name = 'DisallowedHost';
}
