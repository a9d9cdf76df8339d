import type { WSGIInput } from '../../../src/wsgi/types.ts';
import { type Applications, bytes, TEXT } from './trace.ts';

/** Applications that tell what they were asked. */
export const requests = {
  /** The environ as JSON with the request's body, and without what the suite has put in. */
  async environ(environ, startResponse) {
    const body = shown(await environ['wsgi.input'].read());
    const own = ['HTTP_X_APPLICATION', 'HTTP_X_RUN', 'HTTP_X_ARGUMENT', 'wsgi.input', 'wsgi.errors'];
    const rest = Object.entries(environ).filter(([name]) => !own.includes(name));
    startResponse('200 OK', TEXT);
    return [bytes(JSON.stringify({ ...Object.fromEntries(rest), 'test.body': body }))];
  },

  /** The method, in a header, which HEAD has too. */
  method(environ, startResponse) {
    startResponse('204 No Content', [['X-Method', environ.REQUEST_METHOD]]);
    return [];
  },

  /** The kinds of what is in the environ, and of the environ itself. */
  shapes(environ, startResponse) {
    startResponse('200 OK', TEXT);
    const isPlain = Object.getPrototypeOf(environ) === Object.prototype;
    const types = Object.fromEntries(Object.entries(environ).map(([name, value]) => [name, typeof value]));
    const input = ['read', 'readline', 'readlines'].filter((method) => method in environ['wsgi.input']);
    const errors = ['write', 'writelines', 'flush'].filter((method) => method in environ['wsgi.errors']);
    return [bytes(JSON.stringify({ isPlain, types, input, errors }))];
  },

  /** Puts the argument into its environ, and says what of an earlier one it finds there. */
  marks(environ, startResponse, _trace, mark) {
    const found = environ['test.mark'] ?? null;
    environ['test.mark'] = mark;
    environ.REQUEST_METHOD = String(mark);
    startResponse('200 OK', TEXT);
    return [bytes(JSON.stringify({ found, now: environ['test.mark'] }))];
  },

  logs(environ, startResponse, _trace, text) {
    environ['wsgi.errors'].write(`${text} written\n`);
    environ['wsgi.errors'].writelines([`${text} line one\n`, `${text} line two\n`]);
    environ['wsgi.errors'].flush();
    startResponse('204 No Content', []);
    return [];
  },

  /** Sends back what it was sent. */
  async echo(environ, startResponse) {
    const body = await environ['wsgi.input'].read();
    startResponse('200 OK', TEXT);
    return [body];
  },

  /** Sends back what it is sent, block by block as it comes. */
  'streaming echo'(environ, startResponse) {
    startResponse('200 OK', TEXT);
    return environ['wsgi.input'][Symbol.asyncIterator]() as AsyncGenerator<Uint8Array>;
  },

  /** Calls the methods of wsgi.input that the argument names, and gives what they gave. */
  async reads(environ, startResponse, _trace, calls) {
    const results: unknown[] = [];
    for (const [method, size] of calls as [ReadMethod, number?][]) {
      results.push(shown(await environ['wsgi.input'][method](size)));
    }
    startResponse('200 OK', TEXT);
    return [bytes(JSON.stringify(results))];
  },

  /** Counts its body's bytes, and its blocks' largest. */
  async counts(environ, startResponse) {
    let length = 0;
    let largest = 0;
    for await (const block of environ['wsgi.input']) {
      length += block.length;
      largest = Math.max(largest, block.length);
    }
    startResponse('200 OK', TEXT);
    return [bytes(JSON.stringify({ length, largest }))];
  },

  /** Answers with its path, having read as many bytes of the body as the argument says. */
  async 'reads some'(environ, startResponse, _trace, size) {
    if (size) await environ['wsgi.input'].read(Number(size));
    startResponse('200 OK', TEXT);
    return [bytes(`<${environ.PATH_INFO}>`)];
  },

  /** Reads one byte, waits at a gate, and reads the rest. */
  async 'reads slowly'(environ, startResponse, trace) {
    await environ['wsgi.input'].read(1);
    await trace.gate('read on');
    const rest = await environ['wsgi.input'].read();
    startResponse('200 OK', TEXT);
    return [bytes(String(rest.length + 1))];
  },
} satisfies Applications;

type ReadMethod = keyof WSGIInput & string;

function shown(result: Uint8Array | Uint8Array[]): unknown {
  return Array.isArray(result) ? result.map(shown) : new TextDecoder('latin1').decode(result);
}
