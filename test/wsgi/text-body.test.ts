import { describe, expect, test } from 'vitest';
import { drive } from '../../src/wsgi/driver/driver.ts';
import { isAscii, TextBody } from '../../src/wsgi/text-body.ts';
import type { WSGIApplication } from '../../src/wsgi/types.ts';
import { createEnviron, RecordingTransport, respond } from './driver/_transport.ts';

function answer(body: TextBody, length = body.text.length): WSGIApplication {
  return function application(_environ, startResponse) {
    startResponse('200 OK', [['Content-Length', String(length)]]);
    return body;
  };
}

test('it is one block of bytes, as often as it is asked for', () => {
  const body = new TextBody('hello');
  expect([...body]).toEqual([Buffer.from('hello')]);
  expect([...body]).toHaveLength(1);
});

test.each([
  ['', true],
  ['hello', true],
  ['\0\x7f', true],
  ['caf\xe9', false],
  ['\ud83d\ude00', false],
  ['\ud83d', false],
])('whether %j is ASCII: %s', (text, expected) => {
  expect(isAscii(text)).toBe(expected);
});

describe('the driver', () => {
  test('hands the text over as it is, and closes it', () => {
    const transport = new RecordingTransport();
    const ends: unknown[] = [];
    transport.end = (last) => void ends.push(last);
    const body = new TextBody('hello');
    body.close = () => void ends.push('closed');
    drive(answer(body), createEnviron(), transport, {}, () => ends.push('over'));
    expect(ends).toEqual(['hello', 'closed', 'over']);
  });

  test('sends none for HEAD', async () => {
    const { transport } = await respond(answer(new TextBody('hello')), 'HEAD');
    expect(transport.calls).toEqual(['start', 'end']);
  });

  test.each([4, 6])('tells of a Content-Length of %s that is wrong', async (length) => {
    const { errors } = await respond(answer(new TextBody('hello'), length));
    expect(errors).toEqual([expect.stringContaining(`Content-Length promised ${length} bytes`)]);
  });

  test('gives its bytes to a middleware that looks at blocks', async () => {
    const shout: WSGIApplication = async (environ, startResponse) => {
      const blocks: Uint8Array[] = [];
      for await (const block of await answer(new TextBody('hello'))(environ, startResponse))
        blocks.push(block);
      return [Buffer.from(Buffer.concat(blocks).toString().toUpperCase())];
    };
    expect((await respond(shout)).transport.body).toBe('HELLO');
  });
});
