import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

type Parameters = Record<string, unknown>;
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Parameters;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
}

/** A debugger, as editors are one: the inspector's protocol over a WebSocket (RFC 6455), of which Node 20 has no client. */
export class Debugger {
  readonly #socket: Socket;
  readonly #messages: Message[] = [];
  #received = Buffer.alloc(0);
  #news: (() => void)[] = [];
  #nextId = 1;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
  }

  static async attach(url: string): Promise<Debugger> {
    const request = http.get(url.replace('ws:', 'http:'), {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      },
    });
    const [, socket, head] = (await once(request, 'upgrade')) as [unknown, Socket, Buffer];
    const attached = new Debugger(socket);
    attached.#read(head);
    return attached;
  }

  /** Sends a command and waits for its result. */
  async send(method: string, params: Parameters = {}): Promise<Parameters> {
    const id = this.#nextId++;
    this.#write(JSON.stringify({ id, method, params }));
    const { result, error } = await this.#find((message) => message.id === id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result!;
  }

  /** Waits for an event that has come or will come. */
  async event(method: string, isWanted: (params: Parameters) => boolean = () => true): Promise<Parameters> {
    const message = await this.#find((found) => found.method === method && isWanted(found.params!));
    return message.params!;
  }

  async #find(isWanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const index = this.#messages.findIndex(isWanted);
      if (index >= 0) return this.#messages.splice(index, 1)[0]!;
      await new Promise<void>((resolve) => this.#news.push(resolve));
    }
  }

  /** One masked text frame, as clients send them. */
  #write(text: string): void {
    const payload = Buffer.from(text);
    const mask = randomBytes(4);
    const head = Buffer.alloc(4);
    head.writeUInt16BE(0x81_80 | 126, 0);
    head.writeUInt16BE(payload.length, 2);
    this.#socket.write(Buffer.concat([head, mask, payload.map((byte, index) => byte ^ mask[index % 4]!)]));
  }

  /** The inspector sends whole text frames, without masks. */
  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (let frame = this.#takeFrame(); frame !== undefined; frame = this.#takeFrame()) {
      if (frame.length > 0) this.#messages.push(JSON.parse(frame.toString()));
    }
    for (const tell of this.#news.splice(0)) tell();
  }

  #takeFrame(): Buffer | undefined {
    const data = this.#received;
    const short = data.length < 2 ? 0 : data[1]! & 127;
    const start = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (data.length < start) return undefined;
    let length = short;
    if (short === 126) length = data.readUInt16BE(2);
    if (short === 127) length = Number(data.readBigUInt64BE(2));
    if (data.length < start + length) return undefined;
    this.#received = data.subarray(start + length);
    return data.subarray(start, start + length);
  }
}
