import type { IncomingMessage } from "node:http";
import { badRequest, type Refusal, refusalCodes } from "./refusal.ts";

/** Collects a body. Past `maxBytes` it keeps reading, so that the client can finish writing, but keeps nothing. */
export function collectBody(
  request: IncomingMessage,
  maxBytes: number,
  done: (bytes: Buffer, isTooLarge: boolean) => void,
): void {
  let chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
    else chunks = [];
  });
  // A request that breaks off never ends: it was never received, so nothing happens.
  request.on("end", () => done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), length > maxBytes));
}

export type BodyReading =
  | { readonly body: Readonly<Record<string, unknown>>; readonly deviations: readonly string[] }
  | { readonly refusal: Refusal };

const utf8 = new TextDecoder("utf-8", { fatal: true });
const none: readonly string[] = [];

/** Step 8 of protocol notes §19.1: `Content-Type`, size, UTF-8, a JSON object. */
export function readJsonObject(
  contentType: string | undefined,
  bytes: Buffer,
  isTooLarge: boolean,
  maxBytes: number,
): BodyReading {
  const type = readContentType(contentType);
  if ("refusal" in type) return type;
  if (isTooLarge) return { refusal: badRequest(`the body is larger than ${maxBytes} bytes`) };
  if (bytes.length === 0) return { refusal: badRequest("the body is empty", refusalCodes.noBody) };
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    const isBytes = error instanceof TypeError;
    return {
      refusal: badRequest(isBytes ? "the body is not UTF-8" : "the body is not JSON", refusalCodes.noBody),
    };
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { refusal: badRequest("the body is not a JSON object", refusalCodes.noBody) };
  }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return {
    body: body as Readonly<Record<string, unknown>>,
    deviations: hasMark ? [...type.deviations, "the body begins with a byte order mark"] : type.deviations,
  };
}

/** Guide §3.1 and its test procedure: `application/json`, nothing after it. */
export function readContentType(
  value: string | undefined,
): { readonly deviations: readonly string[] } | { readonly refusal: Refusal } {
  if (value === "application/json") return { deviations: none };
  if (value === undefined) return { refusal: badRequest("Content-Type is missing; send application/json") };
  if (!/^application\/json\s*(?:;.*)?$/i.test(value)) {
    return { refusal: badRequest("Content-Type must be application/json") };
  }
  return { deviations: [`Content-Type is ${value}`] };
}
