import { BlockCollector } from '../../node-internals/block-collector.ts';
import { PulledBody } from '../request-body/pulled-body.ts';

/** Of the bodies of all requests. */
const collector = new BlockCollector();

/** Holds a connection back while a body on it waits to be read. */
export interface BodyFlow {
  holdBack(): void;
  goOn(): void;
}

/** The body of a request that a web server passes on. */
export class GatewayBody extends PulledBody {
  readonly #flow: BodyFlow;
  protected isAtEnd = false;
  #isHeldBack = false;

  constructor(flow: BodyFlow) {
    super(collector);
    this.#flow = flow;
  }

  /** Takes what has come of it. */
  receive(block: Uint8Array): void {
    if (!this.hasFailed && !this.isAtEnd) this.take(block);
  }

  /** All of it has come. */
  end(): void {
    this.isAtEnd = true;
    this.goOn();
    this.finish();
  }

  override fail(error: Error): void {
    super.fail(error);
    this.goOn();
  }

  protected holdBack(): void {
    if (this.#isHeldBack) return;
    this.#isHeldBack = true;
    this.#flow.holdBack();
  }

  protected goOn(): void {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.#flow.goOn();
  }
}
