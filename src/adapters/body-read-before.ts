/** The error of a request whose body a framework has already read, so that the application cannot read it. */
export function bodyReadBefore(): Error {
  return new Error(
    "The request's body was read before the application could: something of the framework's, such as a body parser, " +
      'came first. Mount the application before it.',
  );
}
