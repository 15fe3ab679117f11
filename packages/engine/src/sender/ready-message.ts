import type { DeliveryWindow, OutgoingMessage } from "@hikyaku/core";
import type { ClaimedMessage } from "@hikyaku/ledger";

/** A claimed message with its content rendered: all that its request needs. */
export interface ReadyMessage {
  readonly message: ClaimedMessage;
  /** All must be open when it is posted. */
  readonly windows: readonly DeliveryWindow[];
  /** What it may share a request by. */
  readonly requestKey: string;
  /** When the carrier carries it out, where it was asked to wait. */
  readonly reservedAt: Date | null;
  readonly outgoing: OutgoingMessage;
}
