import { maskNumber } from "@hikyaku/core";
import { type MessageRow, plannedFallbackAt } from "@hikyaku/ledger";

/** A message as `--json` prints it: the fields of the HTTP API, the number masked unless it is asked for. */
export function messageView(message: MessageRow, { showNumbers }: { showNumbers: boolean }) {
  return {
    id: message.id,
    campaignId: message.campaignId,
    route: message.route,
    to: shownNumber(message.recipient, showNumbers),
    state: message.state,
    reason: message.reason,
    segments: message.segments,
    attempts: message.attempts,
    line: message.line,
    round: message.round,
    channel: message.channel,
    providerMessageId: message.providerMessageId,
    providerRequestId: message.providerOrderId,
    idempotencyKey: message.idempotencyKey,
    class: message.class,
    consentAt: message.consentAt,
    consentSource: message.consentSource,
    validUntil: message.validUntil,
    queuedAt: message.queuedAt,
    sendingAt: message.sendingAt,
    acceptedAt: message.acceptedAt,
    sentAt: message.sentAt,
    deliveredAt: message.deliveredAt,
    displayedAt: message.displayedAt,
    endedAt: message.endedAt,
    leg: message.leg,
    firstLegId: message.firstLeg,
    fallbackAfterMs: message.fallbackAfterMs,
    fallbackAt: plannedFallbackAt(message),
  };
}

export function shownNumber(recipient: string, showNumbers: boolean): string {
  return showNumbers ? recipient : maskNumber(recipient);
}
