import { HEADER_BYTES, VERSION } from './records.ts';

/** Receives the records of a connection. The content of a record may arrive in any number of parts. */
export interface RecordSink {
  /** Called at the start of a record. @param length of its content */
  recordBegan(type: number, id: number, length: number): void;
  /** Called with a part of its content, which is a view of the read buffer. */
  recordContent(bytes: Buffer): void;
  /** Called when all of its content has arrived. */
  recordEnded(): void;
  /** Called when the bytes are not a record of this version. Nothing more is read. */
  wrongVersion(version: number): void;
}

/**
 * Splits the bytes of a connection into records, however the bytes are divided into reads. It stores at most the header
 * of one record.
 */
export class RecordReader {
  readonly #sink: RecordSink;
  readonly #head = Buffer.alloc(HEADER_BYTES);
  #headLength = 0;
  #contentLeft = 0;
  #paddingLeft = 0;
  #isInRecord = false;
  #isStopped = false;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Whether a record is partly received. */
  get isPartial(): boolean {
    return this.#headLength > 0 || this.#isInRecord;
  }

  /** Stops reading. */
  stop(): void {
    this.#isStopped = true;
  }

  read(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.#isStopped) {
      if (!this.#isInRecord) at = this.#readHead(bytes, at);
      else if (this.#contentLeft > 0) at = this.#readContent(bytes, at);
      else at = this.#skipPadding(bytes, at);
    }
  }

  #readHead(bytes: Buffer, at: number): number {
    if (this.#headLength === 0 && bytes.length - at >= HEADER_BYTES) {
      this.#begin(bytes, at);
      return at + HEADER_BYTES;
    }
    const end = Math.min(bytes.length, at + HEADER_BYTES - this.#headLength);
    bytes.copy(this.#head, this.#headLength, at, end);
    this.#headLength += end - at;
    if (this.#headLength === HEADER_BYTES) {
      this.#headLength = 0;
      this.#begin(this.#head, 0);
    } else if (this.#head[0] !== VERSION) {
      this.#refuse(this.#head[0]!);
    }
    return end;
  }

  #begin(head: Buffer, at: number): void {
    if (head[at] !== VERSION) {
      this.#refuse(head[at]!);
      return;
    }
    const id = (head[at + 2]! << 8) | head[at + 3]!;
    this.#contentLeft = (head[at + 4]! << 8) | head[at + 5]!;
    this.#paddingLeft = head[at + 6]!;
    this.#isInRecord = true;
    this.#sink.recordBegan(head[at + 1]!, id, this.#contentLeft);
    if (this.#contentLeft === 0) this.#endContent();
  }

  #readContent(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#contentLeft);
    this.#contentLeft -= end - at;
    this.#sink.recordContent(bytes.subarray(at, end));
    if (this.#contentLeft === 0 && !this.#isStopped) this.#endContent();
    return end;
  }

  #endContent(): void {
    if (this.#paddingLeft === 0) this.#isInRecord = false;
    this.#sink.recordEnded();
  }

  #skipPadding(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#paddingLeft);
    this.#paddingLeft -= end - at;
    this.#isInRecord = this.#paddingLeft > 0;
    return end;
  }

  #refuse(version: number): void {
    this.#isStopped = true;
    this.#sink.wrongVersion(version);
  }
}
