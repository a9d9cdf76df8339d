import type { Environ, WSGIApplication, WSGIResponse } from '../../wsgi/types.ts';
import type { LivePageOptions } from '../messages.ts';

/** The time in ms after which a page connects again. By then, it reaches the generation that answers now. */
const RETRY_MS = 50;

/** An open page, with the events that have not been sent to it yet. */
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
 * Sends events to live pages instead of the arbiter, which sees no requests with TLS. The events end with the worker.
 * Then the page connects to the next worker, which sends another generation.
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

  /** @param isMeant Whether a request may get events. */
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
