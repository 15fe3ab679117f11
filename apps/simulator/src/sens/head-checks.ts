import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { SensSettings } from "./options.ts";
import { gatewayError, type Refusal } from "./refusal.ts";

const furthestOffMs = 300_000;

/**
 * Who calls (protocol notes §2.4): the three headers, a known key, a timestamp at most 5 minutes off, the signature over the raw target.
 * The body is no part of it. `nowMs` is the gateway's clock, in real time.
 */
export function refuseUnsigned(
  request: { method: string; target: string; headers: IncomingHttpHeaders },
  { accessKey, secretKey }: Pick<SensSettings, "accessKey" | "secretKey">,
  nowMs: number,
): Refusal | undefined {
  const timestamp = request.headers["x-ncp-apigw-timestamp"];
  const key = request.headers["x-ncp-iam-access-key"];
  const signature = request.headers["x-ncp-apigw-signature-v2"];
  const refuse = (details: string) => gatewayError("200", details);
  if (typeof timestamp !== "string" || typeof key !== "string" || typeof signature !== "string") {
    return refuse("Authentication information is missing.");
  }
  if (!/^\d{1,16}$/.test(timestamp)) return refuse("Invalid timestamp.");
  if (Math.abs(Number(timestamp) - nowMs) > furthestOffMs) return refuse("Timestamp is out of range.");
  if (key !== accessKey) return refuse("Unknown access key.");
  const expected = createHmac("sha256", secretKey)
    .update(`${request.method} ${request.target}\n${timestamp}\n${key}`)
    .digest("base64");
  return isSame(expected, signature) ? undefined : refuse("Invalid signature.");
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
