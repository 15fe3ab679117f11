import { type MessageRow, plannedFallbackAt } from "@hikyaku/ledger";

/** A message as `--json` prints it and the HTTP API answers it. Its number in full: whoever shows it to people masks it. */
export function messageView(message: MessageRow) {
  return {
    id: message.id,
    campaignId: message.campaignId,
    route: message.route,
    to: message.recipient,
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

export type MessageView = ReturnType<typeof messageView>;
