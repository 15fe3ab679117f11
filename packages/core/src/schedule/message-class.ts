import type { DeliveryWindow } from "./delivery-window.ts";

/** What a message is for; decides when it may lawfully and decently go out (protocol notes §17). */
export const messageClasses = ["advertising", "transactional", "dunning"] as const;

export type MessageClass = (typeof messageClasses)[number];

/**
 * Windows used unless the operator sets others. Dunning follows the Money Lending Business Act, art. 21 (no contact from
 * 21:00 to 08:00); advertising is good practice, not law; transactional messages (null) go out at any time.
 */
export const defaultDeliveryWindows: Readonly<Record<MessageClass, DeliveryWindow | null>> = {
  advertising: { from: "09:00", to: "20:00", timeZone: "Asia/Tokyo" },
  transactional: null,
  dunning: { from: "08:00", to: "21:00", timeZone: "Asia/Tokyo" },
};
