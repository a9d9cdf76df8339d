import type { Failure } from '../worker/messages.ts';
import { isPromiseLike } from '../wsgi/errors.ts';
import type { Environ, StartResponse, WSGIApplication } from '../wsgi/types.ts';
import { askedRequest } from './child/held-connections.ts';
import { exitFailure } from './parent/failures/exit-failure.ts';
import { type LostPageOptions, lostPage } from './parent/failures/lost-page.ts';
import { withCode } from './parent/failures/lost-requests.ts';
import { siteFrame } from './parent/failures/site-frame.ts';
import type { LoggedRequest } from './request-line.ts';

type RenderErrorPage = Parameters<typeof lostPage>[3];

interface OpenCall {
  readonly environ: Environ;
  readonly startResponse: StartResponse;
  readonly since: number;
}

/** The failure for a process that the site's code ends. Undefined when our own code ends it. */
export function siteExit(code: number, stack: string, root: string): Failure | undefined {
  if (siteFrame(stack, root) === undefined) return undefined;
  return withCode(exitFailure({ code, signal: null }, stack), root);
}

/**
 * Answers the open requests when the site ends its process, where no other process can do it: with TLS, whose keys are
 * only in this process, and with `--noreload`. During the exit of a process, the system must accept the bytes at once,
 * which it does for a page of this size.
 */
export class LastAnswers {
  readonly #open = new Set<OpenCall>();
  #renderErrorPage: RenderErrorPage | undefined;

  /** @returns an application that records each call until it has a response */
  watch(application: WSGIApplication): WSGIApplication {
    // During the exit of the process, no module can be loaded.
    void import('../handler/debug/error-page.ts').then((module) => {
      this.#renderErrorPage = module.renderErrorPage;
    });
    return (environ, startResponse) => {
      const call = { environ, startResponse, since: Date.now() };
      const answered = () => this.#open.delete(call);
      this.#open.add(call);
      const response = application(environ, (status, headers, excInfo) => {
        answered();
        return startResponse(status, headers, excInfo);
      });
      if (isPromiseLike(response)) response.then(undefined, answered); // The server sends the error response.
      return response;
    };
  }

  /** @returns the answered requests, for the log */
  answer(
    failure: Failure,
    maySeeFacts: (environ: Environ) => boolean,
    options: LostPageOptions = {},
  ): readonly LoggedRequest[] {
    const render = this.#renderErrorPage;
    if (render === undefined) return [];
    return [...this.#open].flatMap(({ environ, startResponse, since }) => {
      const request = askedRequest(environ, maySeeFacts(environ));
      const body = Buffer.from(lostPage(request, failure, options, render));
      try {
        const write = startResponse('502 Bad Gateway', [
          ['Content-Type', `text/${request.isHtml ? 'html' : 'plain'}; charset=utf-8`],
          ['Content-Length', String(body.length)],
          ['Cache-Control', 'no-store'],
        ]);
        void write(body);
      } catch {
        return []; // The application has failed, and the server has answered.
      }
      const { method, target, httpVersion } = request;
      return { method, target, httpVersion, status: 502, bytes: body.length, durationMs: Date.now() - since };
    });
  }
}
