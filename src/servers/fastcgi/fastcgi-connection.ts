import type { Socket } from 'node:net';
import { ClientDisconnected } from '../../wsgi/errors.ts';
import { GatewayConnection, type GatewayHost } from '../gateway/gateway-connection.ts';
import type { CreateGatewayProtocol } from '../gateway/gateway-protocol.ts';
import { headTooLarge } from '../http/request/limits.ts';
import type { ClientErrorRecord } from '../http/request/refusal.ts';
import { type FastCgiRequestConnection, FastCgiTransport } from './fastcgi-transport.ts';
import { encodePairs, fastCgiPairReader } from './name-value-pairs.ts';
import { RecordReader, type RecordSink } from './record-reader.ts';
import {
  ABORT_REQUEST,
  BEGIN_REQUEST,
  BEGIN_REQUEST_BYTES,
  endRequest,
  GET_VALUES,
  GET_VALUES_RESULT,
  HEADER_BYTES,
  KEEP_CONN,
  OVERLOADED,
  PARAMS,
  REQUEST_COMPLETE,
  RESPONDER,
  record,
  STDIN,
  UNKNOWN_ROLE,
  unknownType,
  VERSION,
} from './records.ts';
import { StreamBytes } from './stream-bytes.ts';

/** The answer to FCGI_MAX_CONNS. There is no limit except that of the system. */
const CONNECTIONS = '1024';
/**
 * An invalid record. Every web server then treats the response as incomplete, even a web server that would accept a
 * closed connection as its end.
 */
const NO_RECORD = '\0'.repeat(HEADER_BYTES);

/** The FastCGI protocol. */
export const fastCgi: CreateGatewayProtocol = (host) => ({
  open: (socket) => new FastCgiConnection(socket, host),
});

/** A FastCGI 1.0 connection. It may have any number of requests, several of them at the same time. */
class FastCgiConnection extends GatewayConnection implements RecordSink, FastCgiRequestConnection {
  readonly sendErrors: boolean;
  readonly #reader = new RecordReader(this);
  /** The requests whose responses are incomplete, by their ids. */
  readonly #requests = new Map<number, FastCgiTransport>();
  /** The number of these requests whose variables are incomplete. */
  #receiving = 0;
  readonly #pairs = fastCgiPairReader();
  /** The type of the record that is being read. */
  #type = 0;
  #id = 0;
  #length = 0;
  #request: FastCgiTransport | undefined;
  /** The content of a record that must be complete before it is parsed. */
  #content: StreamBytes | undefined;
  #isHeldByOutput = false;
  /** All answers to the bytes of one read are sent in one write, since these bytes may contain a thousand records. */
  #isCorked = false;

  constructor(socket: Socket, host: GatewayHost) {
    super(socket, host);
    this.sendErrors = host.sendErrors;
  }

  protected received(bytes: Buffer): void {
    this.#reader.read(bytes);
    if (this.#isCorked) this.socket.uncork();
    this.#isCorked = false;
    this.#content?.keep();
    if (this.#receiving > 0) for (const { params } of this.#requests.values()) params?.keep();
  }

  protected get isPartial(): boolean {
    return this.#receiving > 0 || (this.#requests.size === 0 && this.#reader.isPartial);
  }

  /** An ending connection still answers the requests that have begun, so their variables are awaited there, too. */
  override get isReceivingHead(): boolean {
    return this.#receiving > 0 || (this.isPartial && !this.isEnding);
  }

  recordBegan(type: number, id: number, length: number): void {
    this.#type = type;
    this.#id = id;
    this.#length = length;
    this.#request = id === 0 ? undefined : this.#requests.get(id);
    if (id === 0) this.#content = type === GET_VALUES ? new StreamBytes() : undefined;
    else if (type === BEGIN_REQUEST) this.#content = this.#beginContent();
  }

  recordContent(bytes: Buffer): void {
    if (this.#content !== undefined) this.#content.push(bytes);
    else if (this.#request === undefined) return;
    else if (this.#type === PARAMS) this.#receiveParams(this.#request, bytes);
    else if (this.#type === STDIN) this.#receiveBody(this.#request, bytes);
  }

  recordEnded(): void {
    const content = this.#content?.all;
    this.#content = undefined;
    if (this.#id === 0) this.#manage(content);
    else if (content !== undefined) this.#begin(content);
    else if (this.#request === undefined) return;
    else if (this.#type === ABORT_REQUEST) this.#abort(this.#request);
    else if (this.#length > 0) return;
    else if (this.#type === PARAMS) this.#endParams(this.#request);
    else if (this.#type === STDIN) this.#endBody(this.#request);
  }

  wrongVersion(version: number): void {
    this.malformed(
      `The web server sent version ${version} of FastCGI, or something else than FastCGI; version ${VERSION} was expected.`,
    );
  }

  get endsWithResponse(): boolean {
    return this.isEnding || this.isLeaving || this.host.isLast;
  }

  responded(transport: FastCgiTransport): void {
    this.#forget(transport);
    if (!transport.keepsConnection || this.endsWithResponse) this.isEnding = true;
    if (this.isEnding) this.endWhenAnswered();
  }

  cut(transport: FastCgiTransport): void {
    if (transport.isOver) return;
    const isAlone = this.#requests.size === 1;
    if (!isAlone) this.socket.write(endRequest(transport.id, 1, REQUEST_COMPLETE), 'latin1');
    this.#forget(transport);
    transport.disconnected(new ClientDisconnected('The response was broken off.'));
    if (isAlone) {
      this.isEnding = true;
      this.socket.write(NO_RECORD, 'latin1');
    }
    if (this.isEnding) this.endWhenAnswered();
  }

  override refuseNext(refusal: ClientErrorRecord): void {
    this.#reader.stop();
    for (const transport of [...this.#requests.values()]) {
      if (transport.isRequestReceived) continue;
      if (transport.hasStarted) this.cut(transport);
      else transport.refuse(refusal.status || 400, refusal.message);
    }
    super.refuseNext(refusal);
  }

  protected override endWhenAnswered(): void {
    if (this.#requests.size === 0) super.endWhenAnswered();
  }

  #beginContent(): StreamBytes | undefined {
    if (this.#request !== undefined)
      this.malformed(`FCGI_BEGIN_REQUEST has the id ${this.#id} of a request that is open.`);
    else if (this.#length !== BEGIN_REQUEST_BYTES)
      this.malformed(`FCGI_BEGIN_REQUEST has ${this.#length} bytes, not ${BEGIN_REQUEST_BYTES}.`);
    else return new StreamBytes();
    return undefined;
  }

  #begin(content: Buffer): void {
    const role = content.readUInt16BE(0);
    const isKept = (content[2]! & KEEP_CONN) !== 0;
    const refusal = this.#refusalOf(role);
    if (refusal !== undefined) {
      this.#reply(endRequest(this.#id, 0, refusal));
      if (!isKept) this.endBehindOpen();
      return;
    }
    const transport = new FastCgiTransport(this, this.#id, isKept);
    this.#requests.set(this.#id, transport);
    this.#receiving += 1;
  }

  /** The protocol status for refusing a request; undefined if it is accepted. */
  #refusalOf(role: number): number | undefined {
    if (role !== RESPONDER) return UNKNOWN_ROLE;
    // An application may still run after its response is complete, or after the web server has aborted the request.
    const count = this.#requests.size + this.open.filter(({ isOver }) => isOver).length;
    return this.isEnding || count >= this.host.limitConnectionRequests ? OVERLOADED : undefined;
  }

  #receiveParams(transport: FastCgiTransport, bytes: Buffer): void {
    const { params } = transport;
    if (params === undefined) return;
    params.push(bytes);
    if (params.length > this.limits.head) this.refuse(transport, headTooLarge(this.limits));
  }

  #endParams(transport: FastCgiTransport): void {
    const { params } = transport;
    if (params === undefined) return;
    const variables = this.#pairs.read(params.all);
    this.#received(transport);
    if (variables === undefined)
      this.refuse(transport, { status: 400, message: 'FCGI_PARAMS ends within a variable.' });
    else this.begin(transport, variables);
  }

  #receiveBody(transport: FastCgiTransport, bytes: Buffer): void {
    if (transport.params === undefined) transport.receiveBody(bytes);
    else this.malformed('FCGI_STDIN came before the end of FCGI_PARAMS.');
  }

  #endBody(transport: FastCgiTransport): void {
    if (transport.params === undefined) transport.endBody();
  }

  /** The client has disconnected (FCGI_ABORT_REQUEST): the web server only waits for the end of the request. */
  #abort(transport: FastCgiTransport): void {
    this.#reply(endRequest(transport.id, 1, REQUEST_COMPLETE));
    transport.disconnected(new ClientDisconnected());
    this.responded(transport);
  }

  #manage(content: Buffer | undefined): void {
    if (this.#type !== GET_VALUES) {
      this.#reply(unknownType(this.#type));
      return;
    }
    const asked = new Set(
      fastCgiPairReader()
        .read(content!)
        ?.map(([name]) => name),
    );
    const known = this.#values().filter(([name]) => asked.has(name));
    this.#reply(record(GET_VALUES_RESULT, 0, encodePairs(known)));
  }

  #values(): (readonly [name: string, value: string])[] {
    return [
      ['FCGI_MAX_CONNS', CONNECTIONS],
      ['FCGI_MAX_REQS', String(this.host.limitConnectionRequests)],
      ['FCGI_MPXS_CONNS', '1'],
    ];
  }

  /** Answers a management record. If a web server does not read these answers, nothing more is read from it. */
  #reply(text: string): void {
    if (!this.socket.writable) return;
    if (!this.#isCorked) this.socket.cork();
    this.#isCorked = true;
    if (this.socket.write(text, 'latin1') || this.#isHeldByOutput) return;
    this.#isHeldByOutput = true;
    this.holdBack();
    this.whenDrained(() => {
      this.#isHeldByOutput = false;
      this.goOn();
    });
  }

  /** Called when all variables of a request have arrived. */
  #received(transport: FastCgiTransport): void {
    transport.params = undefined;
    this.#receiving -= 1;
    this.silentMs = 0;
  }

  #forget(transport: FastCgiTransport): void {
    this.#requests.delete(transport.id);
    if (transport.params !== undefined) this.#received(transport);
  }
}
