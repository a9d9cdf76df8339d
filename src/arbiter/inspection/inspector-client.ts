import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { Duplex } from 'node:stream';

/** A message of the Chrome DevTools Protocol: an answer with the number of its request, or an event. */
interface InspectorMessage {
  readonly id?: number;
  readonly method?: string;
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

/** A worker's answers are short. A longer message comes from another program, or is an attack on the memory. */
const MAX_MESSAGE_BYTES = 1_048_576;

const TEXT_FRAME = 0x81;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
/** RFC 6455 requires a mask, to protect proxies. There is no proxy here, so a mask of zeros is enough. */
const MASK = Buffer.alloc(4);

/**
 * A connection to the inspector of another process, with the necessary part of RFC 6455. Node 20 has no WebSocket
 * client. The inspector sends each message in one frame.
 */
export class InspectorClient {
  onMessage: (message: InspectorMessage) => void = () => {};
  readonly #socket: Duplex;
  #received: Buffer;

  private constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket;
    this.#received = head;
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      try {
        this.#readFrames();
      } catch {
        socket.destroy(); // The peer does not speak the inspector's protocol.
      }
    });
  }

  /** Connects to the inspector at a port. @throws when there is no inspector. */
  static async connect(port: number, signal: AbortSignal): Promise<InspectorClient> {
    const { webSocketDebuggerUrl } = await findTarget(port, signal);
    const { pathname } = new URL(webSocketDebuggerUrl);
    return new Promise((resolve, reject) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      };
      http
        .get({ host: '127.0.0.1', port, path: pathname, headers, agent: false, signal })
        .once('upgrade', (_response, socket, head) => resolve(new InspectorClient(socket, head)))
        .once('response', () => reject(new Error('The inspector does not speak WebSocket.')))
        .once('error', reject);
    });
  }

  send(id: number, method: string, params?: object): void {
    const payload = Buffer.from(JSON.stringify({ id, method, params }));
    const { length } = payload;
    const head =
      length < LENGTH_16
        ? [TEXT_FRAME, MASKED | length]
        : [TEXT_FRAME, MASKED | LENGTH_16, length >> 8, length & 0xff];
    this.#socket.write(Buffer.concat([Buffer.from(head), MASK, payload]));
  }

  /** Closes the connection after all data is sent. A paused process then continues. */
  close(): void {
    this.#socket.end();
    this.#socket.resume();
  }

  #readFrames(): void {
    for (;;) {
      const bytes = this.#received;
      if (bytes.length < 2) return;
      let length = bytes[1]!;
      let start = 2;
      if (length === LENGTH_16) start = 4;
      else if (length === LENGTH_64) start = 10;
      if (bytes.length < start) return;
      if (length === LENGTH_16) length = bytes.readUInt16BE(2);
      else if (length === LENGTH_64) length = Number(bytes.readBigUInt64BE(2));
      if (length > MAX_MESSAGE_BYTES) throw new RangeError('The message is too long.');
      if (bytes.length < start + length) return;
      this.#received = bytes.subarray(start + length);
      if (bytes[0] === TEXT_FRAME)
        this.onMessage(JSON.parse(bytes.subarray(start, start + length).toString()));
    }
  }
}

function findTarget(port: number, signal: AbortSignal): Promise<{ webSocketDebuggerUrl: string }> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path: '/json/list', agent: false, signal }, async (response) => {
        try {
          let text = '';
          for await (const chunk of response.setEncoding('utf8')) {
            text += chunk;
            if (text.length > MAX_MESSAGE_BYTES) throw new RangeError('The answer is too long.');
          }
          const [target] = JSON.parse(text);
          if (typeof target?.webSocketDebuggerUrl !== 'string') throw new Error('This is not an inspector.');
          resolve(target);
        } catch (error) {
          reject(error);
        }
      })
      .once('error', reject);
  });
}
