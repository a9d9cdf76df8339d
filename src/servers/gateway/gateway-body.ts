import { BlockCollector } from '../../node-internals/block-collector.ts';
import { PulledBody } from '../request-body/pulled-body.ts';

/** Shared by the bodies of all requests. */
const collector = new BlockCollector();

/** Pauses a connection while received bytes of a body wait to be read. */
export interface BodyFlow {
  holdBack(): void;
  goOn(): void;
}

/** The body of a request that a web server forwards. */
export class GatewayBody extends PulledBody {
  readonly #flow: BodyFlow;
  protected isAtEnd = false;
  #isHeldBack = false;

  constructor(flow: BodyFlow) {
    super(collector);
    this.#flow = flow;
  }

  /** Adds a block that has arrived. */
  receive(block: Uint8Array): void {
    if (!this.hasFailed && !this.isAtEnd) this.take(block);
  }

  /** Called when the body is complete. */
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
