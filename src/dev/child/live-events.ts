import type { Environ, WSGIApplication, WSGIResponse } from '../../wsgi/types.ts';
import type { LivePageOptions } from '../messages.ts';

/** How soon a page connects again, in ms. It finds the generation that answers by then. */
const RETRY_MS = 50;

/** One open page, with the events that were not sent to it yet. */
class Page {
  #events: string[] = [];
  #isOver = false;
  #wake = () => {};

  push(event: string): void {
    this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *blocks(): AsyncGenerator<Uint8Array> {
    while (!this.#isOver) {
      const text = this.#events.splice(0).join('');
      if (text !== '') yield new TextEncoder().encode(text);
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/**
 * Notifies live pages in the place of the arbiter, which sees no requests where there is TLS. The events end with the worker: the
 * page connects to the next one then, and learns of another generation.
 */
export class LiveEvents {
  readonly #pages = new Set<Page>();
  #styles = 0;

  announceStyles(): void {
    this.#styles += 1;
    for (const page of this.#pages) page.push(`event: styles\ndata: ${this.#styles}\n\n`);
  }

  close(): void {
    for (const page of this.#pages) page.end();
  }

  /** @param isMeant Which requests may get events. */
  serve(
    application: WSGIApplication,
    { path, generation }: LivePageOptions,
    isMeant: (environ: Environ) => boolean,
  ): WSGIApplication {
    return (environ, startResponse) => {
      if (environ.PATH_INFO !== path) return application(environ, startResponse);
      const { HTTP_SEC_FETCH_SITE: site = 'same-origin' } = environ;
      if (site !== 'same-origin' || !isMeant(environ)) {
        startResponse('403 Forbidden', [['Content-Length', '0']]);
        return [];
      }
      startResponse('200 OK', [
        ['Content-Type', 'text/event-stream'],
        ['Cache-Control', 'no-store'],
      ]);
      return this.#follow(generation);
    };
  }

  #follow(generation: string): WSGIResponse {
    const page = new Page();
    this.#pages.add(page);
    page.push(`retry: ${RETRY_MS}\n\ndata: ${generation}\n\nevent: styles\ndata: ${this.#styles}\n\n`);
    return {
      [Symbol.asyncIterator]: () => page.blocks(),
      close: () => {
        this.#pages.delete(page);
        page.end();
      },
    };
  }
}
