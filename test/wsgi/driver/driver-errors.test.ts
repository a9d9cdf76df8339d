import { describe, expect, test } from 'vitest';
import { run } from '../../../src/wsgi/driver/driver.ts';
import { WSGIError } from '../../../src/wsgi/errors.ts';
import type { StartResponse, WSGIApplication, WSGIResponse } from '../../../src/wsgi/types.ts';
import { bytes, createEnviron, RecordingTransport, respond } from './_transport.ts';

const TEXT = [['Content-Type', 'text/plain']] as const;
const failing: WSGIApplication = function failing() {
  throw new Error('no database');
};

describe('startResponse', () => {
  test('a second call without an error is refused', async () => {
    const { transport, errors } = await respond((_environ, startResponse) => {
      startResponse('200 OK', TEXT);
      startResponse('200 OK', TEXT);
      return [];
    });
    expect(transport.status).toBe(500);
    expect(errors).toEqual([expect.stringContaining('startResponse() was called twice.')]);
  });

  test('a second call is refused even where the first was wrong', async () => {
    const { errors } = await respond((_environ, startResponse) => {
      expect(() => startResponse('OK', TEXT)).toThrow(WSGIError);
      startResponse('200 OK', TEXT);
      return [];
    });
    expect(errors).toEqual([expect.stringContaining('startResponse() was called twice.')]);
  });

  test('with an error it replaces a response whose headers are not sent', async () => {
    const { transport, errors } = await respond((_environ, startResponse) => {
      startResponse('200 OK', [['Set-Cookie', 'stale']]);
      startResponse('500 Oops', TEXT, [new Error('no database')]);
      return [bytes('sorry')];
    });
    expect(errors).toEqual([]);
    expect(transport).toMatchObject({ status: 500, reason: 'Oops', body: 'sorry' });
    expect(transport.header('set-cookie')).toEqual([]);
  });

  test('with an error it throws that error when the headers are sent', async () => {
    const error = new Error('no database');
    const { transport, errors } = await respond(async (_environ, startResponse) => {
      await startResponse('200 OK', TEXT)(bytes('half'));
      startResponse('500 Oops', TEXT, [error]);
      return [];
    });
    expect(errors).toEqual(['no database']);
    expect(transport).toMatchObject({ body: 'half', ending: 'aborted' });
  });

  test('with something else than [error] it says what it takes', async () => {
    const { errors } = await respond((_environ, startResponse) => {
      startResponse('500 Oops', TEXT, new Error('bare') as unknown as [unknown]);
      return [];
    });
    expect(errors).toEqual([expect.stringContaining('excInfo is an array of one, [error]')]);
  });

  test('after the end of the response it is refused', async () => {
    let late: StartResponse | undefined;
    await respond((_environ, startResponse) => {
      late = startResponse;
      startResponse('200 OK', TEXT);
      return [];
    });
    expect(() => late!('200 OK', TEXT, [new Error('late')])).toThrow('after the response had ended');
  });

  test('when it was never called, the error says so', async () => {
    for (const body of [[], [bytes('hello')]]) {
      const { transport, errors } = await respond(() => body);
      expect(transport.status).toBe(500);
      expect(errors).toEqual([expect.stringContaining('had not called startResponse(status, headers)')]);
    }
  });
});

describe('what an application returns', () => {
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'returned undefined'],
    ['null', null, 'returned null'],
    ['a string', 'hello', 'returned the string "hello" itself'],
    ['a block', bytes('hello'), 'returned a Uint8Array of 5 bytes itself'],
    ['an object', { body: 'hello' }, 'returned an object of class Object'],
    ['a web Response', new Response('hello'), 'returned an object of class Response'],
    ['a number', 5, 'returned the number 5'],
  ])('%s is an error that shows it', async (_name, response, message) => {
    const { transport, errors } = await respond((_environ, startResponse) => {
      startResponse('200 OK', TEXT);
      return response as WSGIResponse;
    });
    expect(transport.status).toBe(500);
    expect(errors).toEqual([expect.stringContaining(message)]);
  });

  test.each<[string, unknown, string]>([
    ['a string', 'hello', 'gave the string "hello"'],
    ['null', null, 'gave null'],
    ['a promise', Promise.resolve(bytes('x')), 'gave a promise'],
    ['a number', 65, 'gave the number 65'],
    ['a buffer without a view', new ArrayBuffer(4), 'gave an object of class ArrayBuffer'],
  ])('%s as a block is an error that shows it', async (_name, block, message) => {
    for (const body of [[block], [block].values()]) {
      const { transport, errors } = await respond((_environ, startResponse) => {
        startResponse('200 OK', TEXT);
        return body as WSGIResponse;
      });
      expect(transport.status).toBe(500);
      expect(errors).toEqual([expect.stringContaining(message)]);
    }
  });

  test('a long text is shortened in the message', async () => {
    const { errors } = await respond((_environ, startResponse) => {
      startResponse('200 OK', TEXT);
      return 'x'.repeat(5000) as unknown as WSGIResponse;
    });
    expect(errors[0]!.length).toBeLessThan(300);
  });

  test('the error names the section of PEP 3333', async () => {
    let reported: unknown;
    await run(() => 'hello' as unknown as WSGIResponse, createEnviron(), new RecordingTransport(), {
      onError: (error) => {
        reported = error;
      },
    });
    expect(reported).toMatchObject({ name: 'WSGIError', section: 'The Application/Framework Side' });
  });
});

describe('write()', () => {
  test('throws at once for what is not a block, so that it is not lost with an unawaited promise', async () => {
    const { errors } = await respond((_environ, startResponse) => {
      void startResponse('200 OK', TEXT)('hello' as unknown as Uint8Array);
      return [];
    });
    expect(errors).toEqual([expect.stringContaining('gave the string "hello"')]);
  });

  test('after the end of the response is refused', async () => {
    let late: ((block: Uint8Array) => Promise<void>) | undefined;
    await respond((_environ, startResponse) => {
      late = startResponse('200 OK', TEXT);
      return [];
    });
    expect(() => late!(bytes('x'))).toThrow('write() was called after the response had ended');
  });
});

describe('an error of the application', () => {
  test.each<[string, WSGIApplication]>([
    ['thrown', failing],
    ['rejected', async () => failing(createEnviron(), () => async () => {})],
    [
      'thrown by the first iteration',
      (_environ, startResponse) => {
        startResponse('200 OK', TEXT);
        return { [Symbol.iterator]: () => ({ next: failing as never }) };
      },
    ],
  ])('%s before the headers is a plain 500, and it is reported', async (_how, application) => {
    const { transport, errors } = await respond(application);
    expect(transport).toMatchObject({
      status: 500,
      body: 'The application failed before it could answer.\n',
      ending: 'ended',
    });
    expect(errors).toEqual(['no database']);
  });

  test('after the headers breaks the response off, so that the client can tell', async () => {
    const { transport, errors } = await respond((_environ, startResponse) => {
      startResponse('200 OK', TEXT);
      return (function* () {
        yield bytes('half');
        throw new Error('no database');
      })();
    });
    expect(transport).toMatchObject({ status: 200, body: 'half', ending: 'aborted' });
    expect(errors).toEqual(['no database']);
  });

  test('goes to wsgi.errors with its stack and its causes, unless a hook takes it', async () => {
    const log: string[] = [];
    await run(
      () => {
        throw new Error('no page', { cause: new Error('no database') });
      },
      createEnviron({}, log),
      new RecordingTransport(),
    );
    expect(log.join('')).toMatch(/^Error: no page\n +at .*\nCaused by: Error: no database\n +at /s);
  });

  test('is answered by the error application that the server supplies', async () => {
    const transport = new RecordingTransport();
    await run(failing, createEnviron(), transport, {
      onError: () => {},
      errorApplication: (error) => (_environ, startResponse) => {
        startResponse('500 Oops', TEXT);
        return [bytes(`page for ${(error as Error).message}`)];
      },
    });
    expect(transport).toMatchObject({ status: 500, body: 'page for no database' });
  });

  test.each<[string, (error: unknown) => WSGIApplication]>([
    ['fails', () => failing],
    ['cannot be made', () => failing(createEnviron(), () => async () => {}) as never],
  ])('is a plain 500 where the error application %s too', async (_how, errorApplication) => {
    const transport = new RecordingTransport();
    const errors: unknown[] = [];
    await run(failing, createEnviron(), transport, {
      onError: (error) => errors.push(error),
      errorApplication,
    });
    expect(transport).toMatchObject({ status: 500, ending: 'ended' });
    expect(errors).toHaveLength(2);
  });

  test('leaves its write() without effect on the error page', async () => {
    let write: ((block: Uint8Array) => Promise<void>) | undefined;
    const { transport } = await respond((_environ, startResponse) => {
      write = startResponse('200 OK', TEXT);
      throw new Error('no database');
    });
    expect(() => write!(bytes('stray'))).toThrow(WSGIError);
    expect(transport.body).not.toContain('stray');
  });
});
