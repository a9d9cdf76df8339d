import type { Environ, StartResponse, WSGIResponse } from '../../../src/wsgi/types.ts';

/** What happened in one request, in order, and what the application waits for in its course. */
export class Trace {
  readonly events: string[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #openGates = new Set<string>();

  note(event: string): void {
    this.events.push(event);
    for (const listener of this.#listeners) listener();
  }

  /** Waits until the test opens the gate. */
  async gate(name: string): Promise<void> {
    await this.#until(() => this.#openGates.has(name));
  }

  open(name: string): void {
    this.#openGates.add(name);
    for (const listener of this.#listeners) listener();
  }

  async saw(event: string): Promise<void> {
    await this.#until(() => this.events.includes(event));
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }
}

/** An application of the suite. Its argument is what the test gave it. */
export type TracedApplication = (
  environ: Environ,
  startResponse: StartResponse,
  trace: Trace,
  argument: unknown,
) => WSGIResponse | Promise<WSGIResponse>;

export type Applications = Readonly<Record<string, TracedApplication>>;

export const TEXT = [['Content-Type', 'text/plain; charset=utf-8']] as const;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
