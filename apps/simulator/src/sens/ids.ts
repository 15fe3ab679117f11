import { randomBytes, randomUUID } from "node:crypto";
import { compact } from "./times.ts";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Eight letters, as at the end of every request's id. */
function tail(): string {
  return [...randomBytes(8)].map((byte) => letters[byte % letters.length]).join("");
}

/** `RBAA-20251125153920899-zgrtzVEW` (protocol notes §1). */
export function requestId(kind: "RBAA" | "RSMA" | "RSLA", atMs: number): string {
  return `${kind}-${compact(atMs)}-${tail()}`;
}

/** More groups than the immediate form has: nobody may take an id apart. */
export function reservedRequestId(kind: "RBAA" | "RSSA", atMs: number): string {
  return `${kind}-${Math.floor(atMs)}-0000-00000000-${tail()}`;
}

export const messageId = randomUUID;
