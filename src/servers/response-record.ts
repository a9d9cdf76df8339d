/** What a server knows of a response once it is over. */
export interface ResponseRecord {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly httpVersion: string;
  /** 0 when the client went away before there was one. */
  readonly status: number;
  /** The bytes of the body, without headers and framing. */
  readonly bytes: number;
  readonly durationMs: number;
  /** The client's, where a proxy that is believed has said it, else the peer's. */
  readonly remoteAddress: string | undefined;
  /** True when the response broke off, by the client or by the server. */
  readonly isAborted: boolean;
}
