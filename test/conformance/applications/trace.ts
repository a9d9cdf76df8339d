import type { Environ, StartResponse, WSGIResponse } from '../../../src/wsgi/types.ts';

const LOOK_AGAIN_MS = 2;

/** What happened in one request, in order, and what the application waits for in its course. */
export class Trace {
  readonly events: string[] = [];
  readonly #openGates = new Set<string>();

  note(event: string): void {
    this.events.push(event);
  }

  /** Waits until the test opens the gate. */
  async gate(name: string): Promise<void> {
    await this.#until(() => this.#openGates.has(name));
  }

  open(name: string): void {
    this.#openGates.add(name);
  }

  async saw(event: string): Promise<void> {
    await this.#until(() => this.events.includes(event));
  }

  /** By looking again and again: Workers break off a request that waits for what another one does. */
  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
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
