import type { SmsPayload } from "./sms-part.ts";
import type { RcsMessage } from "./wire-schema.ts";

/** What `send` takes of a content with +Message: one recipient's finished content. References are marks until it is sent. */
export interface PlusPayload {
  mode: "0" | "1";
  dst: string;
  /** `RCSMessage` as it goes out. */
  rcs: RcsMessage;
  /** Only in mode 0. */
  sms: { text: string; smsNumber: string } | null;
  /** The time of sending and this make `expiry`. */
  expiresAfterMs?: number;
}

export type KddiPayload = SmsPayload | PlusPayload;

export function isPlusPayload(payload: KddiPayload): payload is PlusPayload {
  return "rcs" in payload;
}
