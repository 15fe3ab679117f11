import {
  type Accepted,
  type AttemptOutcome,
  decideByFailure,
  decideByStatus,
  encodeSmsText,
  type OutgoingMessage,
  parseRetryAfter,
} from "@hikyaku/core";
import type { Exchange } from "@hikyaku/exchange";
import type { SmsPayload } from "./content.ts";
import { readErrorText } from "./error-text.ts";
import { readChannel, readIds, readObject } from "./gateway-answer.ts";
import type { KddiRouteConfig } from "./route-config.ts";

type BodySettings = Pick<KddiRouteConfig["sms"], "newline" | "sendBoth">;

/**
 * The body of one SMS (protocol notes §4.2, mode 2): these fields and no others, in the order of the guide's sample. Both texts
 * come from the one normalised text of the payload.
 */
export function smsRequestBody(recipient: string, payload: SmsPayload, { newline, sendBoth }: BodySettings): string {
  const { smsNumber, text, dst } = payload;
  const smsTextEnc = encodeSmsText(text);
  const smsText = newline === "crlf" ? text.replaceAll("\n", "\r\n") : text;
  return JSON.stringify({
    message: { messageContact: { userContact: recipient } },
    smsmessage: sendBoth ? { smsNumber, smsText, smsTextEnc } : { smsNumber, smsTextEnc },
    dst,
  });
}

type AnswerSettings = Pick<KddiRouteConfig, "acceptStatuses" | "ambiguousStatuses" | "retry504" | "errorFieldPaths">;

/** What one exchange means for its message (protocol notes §4.4 and §7). */
export function readSendExchange(
  exchange: Exchange,
  message: OutgoingMessage,
  settings: AnswerSettings,
  credentials: readonly string[],
): AttemptOutcome {
  if (exchange.kind === "no-answer") {
    return decideByFailure(exchange.failure, `${exchange.failure} (${exchange.detail})`);
  }
  const { status } = exchange;
  if (status >= 200 && status < 300) return readAccepted(exchange, settings);
  const { text } = message.payload as SmsPayload;
  const said = readErrorText(exchange.body, settings.errorFieldPaths, [text, encodeSmsText(text), ...credentials]);
  return decideByStatus(status, settings, {
    reason: said === "" ? `HTTP ${status}` : `HTTP ${status}: ${said}`,
    retryAfterMs: parseRetryAfter(exchange.retryAfter, new Date()),
  });
}

/**
 * A 2xx is the gateway's word that it took the message, so from the status line on nothing that goes wrong may lead to a second
 * send: not a body that breaks off, is no JSON or names no id (rule 4). Such a message is accepted without an id, with an alarm.
 */
function readAccepted(exchange: Extract<Exchange, { kind: "answer" }>, settings: AnswerSettings): AttemptOutcome {
  const { status } = exchange;
  const body = readObject(exchange.body);
  const ids = readIds(body);
  if (settings.acceptStatuses !== undefined && !settings.acceptStatuses.includes(status)) {
    return {
      kind: "unknown",
      httpStatus: status,
      reason: `HTTP ${status}, which this route does not take for accepted`,
    };
  }
  const accepted: Accepted = {
    kind: "accepted",
    providerMessageId: ids.msgId,
    providerOrderId: ids.orderId,
    channel: readChannel(body, ids, "sms"),
  };
  if (ids.msgId !== null) return accepted;
  const why =
    exchange.broke !== null
      ? `the answer broke off (${exchange.broke})`
      : body === undefined
        ? "the answer is not a JSON object"
        : "the answer names no msgId";
  return { ...accepted, alarm: `accepted with HTTP ${status} but without an id: ${why}` };
}
