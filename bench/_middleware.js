/** The two middleware of the sites that `handler.js` and `runtimes.js` measure: each sets a header of every response. */
export const MIDDLEWARE = [
  setting('x-content-type-options', 'nosniff'),
  setting('referrer-policy', 'same-origin'),
];

function setting(header, value) {
  return (getResponse) => async (request) => {
    const response = await getResponse(request);
    response.headers.set(header, value);
    return response;
  };
}
