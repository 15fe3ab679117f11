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
import { isPlusPayload, type KddiPayload, type PlusPayload } from "./content/payload.ts";
import type { SmsPayload } from "./content/sms-part.ts";
import { readErrorText } from "./error-text.ts";
import { type AnswerPaths, readChannel, readIds, readObject } from "./gateway-answer.ts";
import { createReference, referenceMark } from "./reference.ts";
import type { SendMode } from "./request-headers.ts";
import type { KddiRouteConfig } from "./route-config.ts";

type BodySettings = Pick<KddiRouteConfig["sms"], "newline" | "sendBoth">;

export function modeOf(payload: KddiPayload): SendMode {
  return isPlusPayload(payload) ? payload.mode : "2";
}

/**
 * The body of one SMS (protocol notes §4.2, mode 2): these fields and no others, in the order of the guide's sample. Both texts
 * come from the one normalised text of the payload.
 */
export function smsRequestBody(recipient: string, payload: SmsPayload, settings: BodySettings): string {
  return JSON.stringify({
    message: { messageContact: { userContact: recipient } },
    smsmessage: smsBlock(payload, settings),
    dst: payload.dst,
  });
}

/**
 * The body of one +Message (mode 1) or of one with its SMS (mode 0), in the order of the guide's samples (§3.2 to §3.7, repaired as
 * protocol notes §16 say). References get the message's id here.
 *
 * @param now the time of sending, for an expiry that counts from it
 */
export function plusRequestBody(
  { id, recipient }: Pick<OutgoingMessage, "id" | "recipient">,
  payload: PlusPayload,
  settings: BodySettings,
  now: Date,
): string {
  const { rcs, sms, dst, expiresAfterMs } = payload;
  const expiry = expiresAfterMs === undefined ? {} : { expiry: new Date(now.getTime() + expiresAfterMs).toISOString() };
  return JSON.stringify({
    message: { RCSMessage: { ...rcs, ...expiry }, messageContact: { userContact: recipient } },
    ...(sms === null ? {} : { smsmessage: smsBlock(sms, settings) }),
    dst,
  }).replaceAll(referenceMark, createReference(id));
}

function smsBlock({ smsNumber, text }: Pick<SmsPayload, "smsNumber" | "text">, { newline, sendBoth }: BodySettings) {
  const smsTextEnc = encodeSmsText(text);
  const smsText = newline === "crlf" ? text.replaceAll("\n", "\r\n") : text;
  return sendBoth ? { smsNumber, smsText, smsTextEnc } : { smsNumber, smsTextEnc };
}

/**
 * Why this message must not leave, whatever checked it before: a mode the account has no tokens for (guide §2.5), a carrier without
 * +Message, an expiry that is over. Null when it may.
 */
export function refusalOf(payload: KddiPayload, { tokens }: Pick<KddiRouteConfig, "tokens">, now: Date): string | null {
  if (!isPlusPayload(payload)) return null;
  if (tokens === "smsonly") {
    return `X-Fallback ${payload.mode} needs the carriers' tokens and this route has none (tokens: smsonly); not sent`;
  }
  if (payload.mode === "1" && payload.dst === "4") return "Rakuten (dst 4) has no +Message; not sent";
  const { expiry } = payload.rcs;
  return expiry !== undefined && new Date(expiry) <= now ? `its expiry ${expiry} is over; not sent` : null;
}

type AnswerSettings = Pick<KddiRouteConfig, "acceptStatuses" | "ambiguousStatuses" | "retry504" | "errorFieldPaths"> &
  AnswerPaths;

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
  const payload = message.payload as KddiPayload;
  if (status >= 200 && status < 300) return readAccepted(exchange, modeOf(payload), settings);
  const said = readErrorText(exchange.body, settings.errorFieldPaths, [...textsOf(payload), ...credentials]);
  return decideByStatus(status, settings, {
    reason: said === "" ? `HTTP ${status}` : `HTTP ${status}: ${said}`,
    retryAfterMs: parseRetryAfter(exchange.retryAfter, new Date()),
  });
}

/** Every text of the request, which a reason must not repeat. */
function textsOf(payload: KddiPayload): string[] {
  const sms = isPlusPayload(payload) ? payload.sms : payload;
  const texts = sms === null ? [] : [sms.text, encodeSmsText(sms.text)];
  if (isPlusPayload(payload)) collectTexts(payload.rcs, texts);
  return texts;
}

/** Words of the wire itself (`SMALL_WIDTH`, `image/png`) are no secret, and a reason that names one is worth keeping. */
function collectTexts(value: unknown, found: string[]): void {
  if (typeof value === "string") {
    if (!/^(?:[A-Z]+_(?:WIDTH|HEIGHT)|[a-z]+\/[a-z0-9.+-]+|VERTICAL|HORIZONTAL|LEFT|RIGHT|AUDIO|VIDEO)$/.test(value)) {
      found.push(value);
    }
  } else if (value !== null && typeof value === "object") {
    for (const inner of Object.values(value)) collectTexts(inner, found);
  }
}

/**
 * A 2xx is the gateway's word that it took the message, so from the status line on nothing that goes wrong may lead to a second
 * send: not a body that breaks off, is no JSON or names no id (rule 4). Such a message is accepted without an id, with an alarm.
 */
function readAccepted(
  exchange: Extract<Exchange, { kind: "answer" }>,
  mode: SendMode,
  settings: AnswerSettings,
): AttemptOutcome {
  const { status } = exchange;
  const body = readObject(exchange.body);
  const ids = readIds(body, mode === "2" ? undefined : settings);
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
    channel: readChannel(body, ids, channelAsked[mode], settings),
    sendMode: mode,
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

/** With fallback only the answer knows (protocol notes §4.4 rule 3). */
const channelAsked = { "0": null, "1": "rcs", "2": "sms" } as const satisfies Record<SendMode, "sms" | "rcs" | null>;
