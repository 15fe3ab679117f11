import type { Accepted, AttemptOutcome, OutgoingMessage } from "@hikyaku/core";
import { outcomeOfCall } from "./call-answer.ts";
import type { AlimtalkPayload } from "./content.ts";
import { asWord, isObject, parseJson } from "./json.ts";
import { acceptanceOf, type ListedMessage, readListedMessage, refusalOf } from "./listed-message.ts";
import { matchEntries } from "./match-entries.ts";
import { alimtalk } from "./message.ts";
import { countryCode, nationalNumber } from "./national-number.ts";
import type { SensRouteConfig } from "./route-config.ts";
import type { CallResult } from "./signed-caller.ts";

export interface AlimtalkMessage extends OutgoingMessage {
  payload: AlimtalkPayload;
}

/** The body of one request (protocol notes §5.1). All messages are of one template and one reservation. */
export function alimtalkRequestBody(messages: readonly AlimtalkMessage[], plusFriendId: string): string {
  const [first] = messages;
  if (first === undefined) throw new RangeError("a request needs at least one message");
  const { templateCode, reserve } = first.payload;
  return JSON.stringify({
    plusFriendId,
    templateCode,
    messages: messages.map(wireMessage),
    ...(reserve === undefined ? {} : { reserveTime: reserve.time, reserveTimeZone: reserve.timeZone }),
  });
}

function wireMessage({ recipient, payload: { message, failover } }: AlimtalkMessage) {
  const { text, title, headerContent, itemHighlight, item, buttons } = message;
  return {
    countryCode,
    to: nationalNumber(recipient),
    ...(title === undefined ? {} : { title }),
    content: text,
    ...(headerContent === undefined ? {} : { headerContent }),
    ...(itemHighlight === undefined ? {} : { itemHighlight }),
    ...(item === undefined ? {} : { item }),
    ...(buttons === undefined || buttons.length === 0 ? {} : { buttons }),
    // Explicit also when false: left out, the channel's default would decide, and may cost an SMS each (protocol notes §12).
    useSmsFailover: failover !== null,
    ...(failover === null ? {} : { failoverConfig: failover }),
  };
}

/** What one call means for each of its messages, in their order. A call that failed means the same for all of them. */
export function readSendCall(
  result: CallResult,
  messages: readonly AlimtalkMessage[],
  config: Pick<SensRouteConfig, "notProcessedStatuses">,
  credentials: readonly string[],
): AttemptOutcome[] {
  if (result.kind === "no-answer" || result.status < 200 || result.status > 299) {
    const outcome = outcomeOfCall(result, secretsOf(messages, credentials), config.notProcessedStatuses);
    return messages.map(() => outcome);
  }
  const json = parseJson(result.body);
  const answer = isObject(json) ? json : {};
  const said = `HTTP ${result.status}`;
  const requestId = asWord(answer.requestId) ?? null;
  const outcomes =
    messages[0]?.payload.reserve === undefined
      ? outcomesOfEntries(answer.messages, messages, { said, requestId })
      : messages.map(() => outcomeOfReservation(asWord(answer.statusName)?.toLowerCase(), { said, requestId }));
  return result.clock === null ? outcomes : outcomes.map((outcome) => withAlarm(outcome, result.clock ?? ""));
}

interface Said {
  said: string;
  requestId: string | null;
}

/**
 * A 202 does not mean that every recipient was accepted: each has an entry of its own (protocol notes §5.2). Without an entry a message's fate
 * is unknown, and the look-up will tell.
 */
function outcomesOfEntries(list: unknown, messages: readonly AlimtalkMessage[], answer: Said): AttemptOutcome[] {
  const entries = Array.isArray(list) ? list.map(readListedMessage).filter((entry) => entry !== undefined) : [];
  const sought = messages.map(({ recipient, payload }) => ({
    to: nationalNumber(recipient),
    text: payload.message.text,
  }));
  return matchEntries(sought, entries).map((entry) => outcomeOfEntry(entry, answer));
}

function outcomeOfEntry(entry: ListedMessage | undefined, { said, requestId }: Said): AttemptOutcome {
  if (entry === undefined) return { kind: "unknown", reason: `${said} says nothing of this recipient` };
  switch (acceptanceOf(entry)) {
    case "refused":
      return { kind: "rejected", reason: `refused by SENS (${refusalOf(entry)})` };
    case "untold":
      return { kind: "unknown", reason: `${said} does not say whether this recipient was accepted` };
    case "taken":
      return accepted(entry.messageId ?? null, requestId, `${said} accepted the message without a messageId`);
  }
}

/** A reserved request names no messages: their ids are looked up once it is done (protocol notes §10). */
function outcomeOfReservation(statusName: string | undefined, { said, requestId }: Said): AttemptOutcome {
  if (statusName === "fail") return { kind: "rejected", reason: `${said}: the reservation failed` };
  if (requestId === null) return accepted(null, null, `${said} accepted the reservation without a requestId`);
  return { kind: "accepted", providerMessageId: null, providerOrderId: requestId, channel: alimtalk };
}

function accepted(messageId: string | null, requestId: string | null, alarm: string): Accepted {
  const ids = { providerMessageId: messageId, providerOrderId: requestId, channel: alimtalk };
  return messageId === null ? { kind: "accepted", ...ids, alarm } : { kind: "accepted", ...ids };
}

function withAlarm(outcome: AttemptOutcome, alarm: string): AttemptOutcome {
  return outcome.kind === "accepted"
    ? { ...outcome, alarm: [outcome.alarm, alarm].filter(Boolean).join("; ") }
    : outcome;
}

/** What must never stand in a reason, should the gateway repeat it. */
function secretsOf(messages: readonly AlimtalkMessage[], credentials: readonly string[]): string[] {
  const texts = messages.flatMap(({ payload: { message, failover } }) => [
    message.text,
    ...(message.title === undefined ? [] : [message.title]),
    ...(failover === null ? [] : [failover.content]),
  ]);
  return [...credentials, ...new Set(texts)];
}
