import iconv from "iconv-lite";
import { encodingOfMark, recogniseEncoding } from "./text-encoding.ts";

/** Bytes looked at, from the first one that is not ASCII, before the encoding is decided. */
const sampleBytes = 64 * 1024;

export interface DecodedText {
  /** The text in pieces, without byte order mark. A byte that means nothing in the encoding becomes U+FFFD. */
  chunks: AsyncIterable<string>;
  /** Settled when the first character beyond ASCII was read; `utf-8` until then, and for plain ASCII. */
  readonly encoding: string;
}

/**
 * Decodes a stream of bytes. Without `encoding` it is recognised on the way: ASCII passes through as it is (it means the
 * same in all of them), and the decision falls at the first byte that is not ASCII. Memory stays at one sample.
 */
export function decodeText(bytes: AsyncIterable<Uint8Array>, encoding?: string): DecodedText {
  let settled = encoding ?? "utf-8";
  async function* chunks(): AsyncGenerator<string> {
    let decoder: iconv.DecoderStream | undefined;
    let held: Buffer = Buffer.alloc(0);
    let isStart = true;
    for await (const piece of bytes) {
      const buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
      held = held.length === 0 ? buffer : Buffer.concat([held, buffer]);
      if (decoder === undefined) {
        if (isStart && held.length < 3) continue;
        const known = encoding ?? (isStart ? encodingOfMark(held) : null);
        isStart = false;
        if (known === null) {
          const first = held.findIndex((byte) => byte > 0x7f);
          const ascii = first === -1 ? held.length : first;
          if (ascii > 0) yield held.toString("latin1", 0, ascii);
          held = held.subarray(ascii);
          if (held.length < sampleBytes) continue;
        }
        settled = known ?? recogniseEncoding(held);
        decoder = iconv.getDecoder(settled);
      }
      yield decoder.write(held);
      held = Buffer.alloc(0);
    }
    if (decoder === undefined && held.length > 0) {
      settled = encoding ?? (isStart ? encodingOfMark(held) : null) ?? recogniseEncoding(held);
      decoder = iconv.getDecoder(settled);
      yield decoder.write(held);
    }
    yield decoder?.end() ?? "";
  }
  return {
    chunks: chunks(),
    get encoding() {
      return settled;
    },
  };
}
