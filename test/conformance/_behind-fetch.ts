import type { Lacks } from './_subject.ts';

/** What gets lost where `fromFetch()` makes a Request and has a Response back. */
export const BEHIND_FETCH: Lacks = {
  verbatim: 'the URL of a Request is normalized, and a Request knows of no connection',
  interim: 'the status of a Response is 200 or higher',
  eager: 'fromFetch() sees whether there is a second block, since a Response does not tell that it is whole',
};
