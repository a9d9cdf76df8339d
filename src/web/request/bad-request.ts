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
