/** The request is malformed: the response is 400. */
export class BadRequest extends Error {
  override readonly name: string = 'BadRequest';
}

/** A web-standard Request cannot have this method, so no view can answer: the response is 501. */
export class MethodNotImplemented extends BadRequest {
  override readonly name = 'MethodNotImplemented';

  constructor(method: string) {
    super(`The method ${method} is not implemented: a web-standard Request cannot have it.`);
  }
}
