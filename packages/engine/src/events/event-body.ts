import type { EventFacts } from "@hikyaku/ledger";

/**
 * What is sent of an event, as JSON text: type, time and facts, as Standard Webhooks advises. Documented in
 * docs/operate/inbound-and-events.md; fields are added, never changed or taken away. Null when what it tells has been deleted.
 */
export function eventBody(event: EventFacts): string | null {
  const { type, at, inboundId, inbound } = event;
  if (inboundId !== null && inbound === null) return null;
  return JSON.stringify({ type, timestamp: at, data: inbound === null ? messageData(event) : inboundData(event) });
}

/** Which message it is about, in every event; null where that is not known. */
function messageOf({ messageId, campaignId, campaignKey, idempotencyKey }: EventFacts) {
  return { messageId, campaignId, campaignKey, idempotencyKey };
}

function messageData(event: EventFacts) {
  const { route, recipient, messageState: state, at, reason, channel } = event;
  return { ...messageOf(event), route, recipient, state, at, reason, channel };
}

function inboundData(event: EventFacts) {
  const { inbound } = event;
  if (inbound === null) return null;
  const { id, route, recipient, receivedAt, at, linkedBy, wordKind, word, deviceSpecifics, ...said } = inbound;
  const { text, displayText, postbackData, button, smsNumber, attachment } = said;
  return {
    ...messageOf(event),
    ...{ inboundId: id, event: inbound.event, route, recipient, at, receivedAt },
    ...{ text, displayText, postbackData, button, smsNumber, attachment, deviceSpecifics },
    ...{ linkedBy, wordKind, word },
  };
}
