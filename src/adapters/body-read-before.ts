/** The error of a request whose body a framework has already read, so that the application cannot read it. */
export function bodyReadBefore(): Error {
  return new Error(
    "The request's body was read before the application could read it, probably by a body parser of the framework. " +
      'Mount the application before the body parser.',
  );
}
