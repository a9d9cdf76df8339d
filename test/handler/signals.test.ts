import { describe, expect, onTestFinished, test } from 'vitest';
import type { WSGIApplication } from '../../src/handler/index.ts';
import {
  gotRequestException,
  type Receiver,
  requestFinished,
  requestStarted,
  Signal,
} from '../../src/handler/signals.ts';
import { Http404, path } from '../../src/handler/urls/index.ts';
import { ask, createApplication, createEnviron } from './_client.ts';

describe('Signal', () => {
  test('calls receivers in the order in which they connected, and waits for each', async () => {
    const signal = new Signal<number>();
    const calls: string[] = [];
    signal.connect(async (value) => {
      await new Promise(setImmediate);
      calls.push(`slow ${value}`);
    });
    signal.connect((value) => {
      calls.push(`fast ${value}`);
    });
    await signal.send(1);
    expect(calls).toEqual(['slow 1', 'fast 1']);
  });

  test('calls a receiver once however often it is connected', async () => {
    const signal = new Signal<void>();
    let calls = 0;
    const receiver = () => {
      calls++;
    };
    signal.connect(receiver);
    signal.connect(receiver);
    await signal.send();
    expect(calls).toBe(1);
  });

  test('connect() returns what disconnects', async () => {
    const signal = new Signal<void>();
    let calls = 0;
    const disconnect = signal.connect(() => {
      calls++;
    });
    disconnect();
    await signal.send();
    expect(calls).toBe(0);
  });

  test('disconnect() tells whether there was something to do', () => {
    const signal = new Signal<void>();
    const receiver = () => {};
    signal.connect(receiver);
    expect(signal.disconnect(receiver)).toBe(true);
    expect(signal.disconnect(receiver)).toBe(false);
  });

  test('send() ends at the first error and throws it', async () => {
    const signal = new Signal<void>();
    let calls = 0;
    signal.connect(() => Promise.reject(new Error('broken')));
    signal.connect(() => {
      calls++;
    });
    await expect(signal.send()).rejects.toThrow('broken');
    expect(calls).toBe(0);
  });

  test('sendRobust() calls all and returns the errors', async () => {
    const signal = new Signal<void>();
    let calls = 0;
    signal.connect(() => Promise.reject(new Error('broken')));
    signal.connect(() => {
      calls++;
    });
    expect(await signal.sendRobust()).toEqual([new Error('broken')]);
    expect(calls).toBe(1);
  });
});

/** Connects a receiver until the test ends. */
function listen<Payload>(signal: Signal<Payload>, receiver: Receiver<Payload>): void {
  onTestFinished(signal.connect(receiver));
}

/** What the signals of requests say, one word each. */
function noteSignals(): string[] {
  const events: string[] = [];
  listen(requestStarted, () => void events.push('started'));
  listen(gotRequestException, () => void events.push('exception'));
  listen(requestFinished, () => void events.push('finished'));
  return events;
}

describe('signals of a request', () => {
  test('started comes before the view, finished after the last block', async () => {
    const events = noteSignals();
    const body = () =>
      new ReadableStream({
        async pull(controller) {
          await new Promise(setImmediate);
          events.push('block');
          controller.enqueue(new Uint8Array(1));
          if (events.length > 3) controller.close();
        },
      });
    const view = () => {
      events.push('view');
      return new Response(body());
    };
    await ask(await createApplication([path('', view)]), '/');
    expect(events.slice(0, 2)).toEqual(['started', 'view']);
    expect(events.at(-1)).toBe('finished');
  });

  test('both tell the environ', async () => {
    const seen: unknown[] = [];
    listen(requestStarted, ({ environ }) => void seen.push(environ.PATH_INFO));
    listen(requestFinished, ({ environ }) => void seen.push(environ.PATH_INFO));
    await ask(await createApplication([path('x/', () => new Response())]), '/x/');
    expect(seen).toEqual(['/x/', '/x/']);
  });

  test('finished is not sent before close()', async () => {
    const events = noteSignals();
    const application = await createApplication([path('', () => new Response('Hello'))]);
    const response = await application(createEnviron('/'), () => async () => {});
    for await (const _ of response);
    expect(events).toEqual(['started']);
    await response.close?.();
    expect(events).toEqual(['started', 'finished']);
  });

  test('finished is sent once when close() is called twice', async () => {
    const events = noteSignals();
    const application = await createApplication([path('', () => new Response('Hello'))]);
    const response = await application(createEnviron('/'), () => async () => {});
    await response.close?.();
    await response.close?.();
    expect(events).toEqual(['started', 'finished']);
  });

  test('finished is sent through three layers of WSGI middleware', async () => {
    const events = noteSignals();
    const wrap = (application: WSGIApplication): WSGIApplication => {
      return async (environ, startResponse) => {
        const response = await application(environ, startResponse);
        async function* blocks() {
          yield* response;
        }
        return Object.assign(blocks(), { close: () => response.close?.() });
      };
    };
    const application = await createApplication([path('', () => new Response('Hello'))]);
    const { body } = await ask(wrap(wrap(wrap(application))), '/');
    expect(body).toBe('Hello');
    expect(events).toEqual(['started', 'finished']);
  });

  test('finished is sent when the server refuses the headers', async () => {
    const events = noteSignals();
    const application = await createApplication([path('', () => new Response('Hello'))]);
    const refuse = () => {
      throw new Error('refused');
    };
    await expect(application(createEnviron('/'), refuse)).rejects.toThrow('refused');
    expect(events).toEqual(['started', 'finished']);
  });

  test('finished is sent for a foreign host too', async () => {
    const events = noteSignals();
    await ask(await createApplication([]), '/', { environ: { HTTP_HOST: 'evil.com' } });
    expect(events).toEqual(['started', 'finished']);
  });

  test('an exception is told with its request', async () => {
    const seen: unknown[] = [];
    listen(gotRequestException, ({ request, error }) => {
      seen.push(request?.url, (error as Error).message);
    });
    const broken = () => Promise.reject(new Error('broken'));
    await ask(await createApplication([path('', broken)]), '/');
    expect(seen).toEqual(['http://testserver/', 'broken']);
  });

  test('what is not a fault of the site is not an exception', async () => {
    const events = noteSignals();
    await ask(await createApplication([path('', () => Promise.reject(new Http404()))]), '/');
    expect(events).toEqual(['started', 'finished']);
  });
});

describe('errors in receivers', () => {
  test('of started make the response a 500', async () => {
    listen(requestStarted, () => Promise.reject(new Error('no connection')));
    const answer = await ask(await createApplication([path('', () => new Response('Hello'))]), '/');
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.log).toContain('no connection');
  });

  test('of finished are logged, and the other receivers are called', async () => {
    listen(requestFinished, () => Promise.reject(new Error('no connection')));
    const events = noteSignals();
    const answer = await ask(await createApplication([path('', () => new Response('Hello'))]), '/');
    expect(answer.body).toBe('Hello');
    expect(answer.log).toContain('A receiver of requestFinished failed:\nError: no connection');
    expect(events).toEqual(['started', 'finished']);
  });

  test('of exception are logged', async () => {
    listen(gotRequestException, () => Promise.reject(new Error('no mail')));
    const broken = () => Promise.reject(new Error('broken'));
    const answer = await ask(await createApplication([path('', broken)]), '/');
    expect(answer.status).toBe('500 Internal Server Error');
    expect(answer.log).toContain('A receiver of gotRequestException failed:\nError: no mail');
  });
});
