import { decideByFailure, decideByStatus, parseRetryAfter, type StatusAnswer } from "@hikyaku/core";
import type { Exchange } from "@hikyaku/exchange";
import type { StatusReader } from "./delivery-status.ts";
import { readErrorText } from "./error-text.ts";
import {
  type AnswerPaths,
  findMessageField,
  type MessageIds,
  readChannel,
  readIds,
  readObject,
  wordAt,
} from "./gateway-answer.ts";
import { asWord, valueAt } from "./json-search.ts";
import type { NotificationFields } from "./notification-fields.ts";
import type { KddiRouteConfig } from "./route-config.ts";
import { readTimestamp } from "./timestamp.ts";

export interface StatusSettings
  extends Pick<KddiRouteConfig, "errorFieldPaths" | "timestampZone" | "statusFieldPaths">,
    AnswerPaths {
  fields: NotificationFields;
  readStatus: StatusReader;
}

/**
 * What a status call says (protocol notes §9). Only a 200 with a word that is known speaks of the message; everything else is a check
 * to be made again, since a GET changes nothing. 404 and 410 mean that the carrier has forgotten the id, never that it failed.
 */
export function readStatusExchange(
  exchange: Exchange,
  askedId: string,
  settings: StatusSettings,
  credentials: readonly string[],
): StatusAnswer {
  if (exchange.kind === "no-answer") {
    return {
      kind: "failed-check",
      reason: decideByFailure(exchange.failure, `${exchange.failure} (${exchange.detail})`).reason,
    };
  }
  const { status } = exchange;
  if (status >= 200 && status < 300) return readStatusBody(exchange, askedId, settings);
  const said = readErrorText(exchange.body, settings.errorFieldPaths, credentials);
  const reason = said === "" ? `HTTP ${status}` : `HTTP ${status}: ${said}`;
  if (status === 404 || status === 410) return { kind: "not-known", reason };
  const outcome = decideByStatus(
    status,
    {},
    { reason, retryAfterMs: parseRetryAfter(exchange.retryAfter, new Date()) },
  );
  switch (outcome.kind) {
    case "throttled":
      return outcome.retryAfterMs === undefined
        ? { kind: "throttled", reason }
        : { kind: "throttled", reason, retryAfterMs: outcome.retryAfterMs };
    case "held":
      return outcome.cause === "credentials" || outcome.cause === "forbidden" || outcome.cause === "configuration"
        ? { kind: "held", cause: outcome.cause, reason }
        : { kind: "failed-check", reason };
    case "rejected":
    case "retry":
    case "unknown":
      return { kind: "failed-check", reason };
    default:
      return outcome satisfies never;
  }
}

function readStatusBody(
  { body: text, status, broke }: Extract<Exchange, { kind: "answer" }>,
  askedId: string,
  settings: StatusSettings,
): StatusAnswer {
  const failed = (reason: string): StatusAnswer => ({ kind: "failed-check", reason: `HTTP ${status}: ${reason}` });
  const body = readObject(text);
  if (body === undefined)
    return failed(broke === null ? "the answer is not a JSON object" : `the answer broke off (${broke})`);
  const ids = readIds(body);
  const paths = settings.statusFieldPaths;
  const msgId = firstWordAt(body, paths.msgId) ?? ids.msgId;
  const { orderId } = ids;
  if (msgId !== null && msgId !== askedId && orderId !== askedId) {
    return {
      kind: "failed-check",
      reason: `HTTP ${status}: the answer is about another message (${msgId})`,
      isAboutAnother: true,
    };
  }
  const word = firstWordAt(body, paths.status) ?? findMessageField(body, settings.fields.status, asWord);
  if (word === undefined) return failed("the answer names no status");
  const state = settings.readStatus(word);
  if (state === undefined)
    return failed(`the status word ${JSON.stringify(word.slice(0, 60))} is not known; add it to smsStatusMap`);
  const readTime = (value: unknown) => readTimestamp(value, settings.timestampZone) ?? undefined;
  const at =
    paths.timestamp.map((path) => readTime(valueAt(body, path.split(".")))).find((time) => time !== undefined) ??
    findMessageField(body, settings.fields.time, readTime);
  return { kind: "status", state, rawStatus: word, at: at ?? null, channel: channelOf(body, ids, settings) };
}

/** Only what the answer says: the channel asked for is known to who asks. */
function channelOf(body: unknown, ids: MessageIds, { destinationMap }: StatusSettings): "sms" | "rcs" | null {
  return readChannel(body, ids, null, { rcsResponseShape: "gsma", destinationMap });
}

function firstWordAt(body: unknown, paths: readonly string[]): string | undefined {
  return paths.map((path) => wordAt(body, path)).find((word) => word !== undefined);
}
