import { type CapabilityAnswer, decideByFailure, decideByStatus, type NoAnswer, parseRetryAfter } from "@hikyaku/core";
import type { Exchange, ExchangeRequest } from "@hikyaku/exchange";
import { readErrorText } from "./error-text.ts";
import { asWord, findField, isObject, parseJson } from "./json-search.ts";
import type { KddiRouteConfig } from "./route-config.ts";

type CapabilitySettings = Pick<KddiRouteConfig, "capability" | "errorFieldPaths">;

const placeholder = "{userContact}";

/** The question whether a number has the app (guide §2.1; protocol notes §10). */
export function capabilityRequest(
  recipient: string,
  { capability: { method, path, body } }: CapabilitySettings,
  below: (path: string) => string,
  headers: string[],
): ExchangeRequest {
  // In a query a plus sign is a space: it must go as %2B.
  const encoded = encodeURIComponent(recipient);
  if (method === "GET") {
    const asked = path.includes(placeholder)
      ? path
      : `${path}${path.includes("?") ? "&" : "?"}userContact=${placeholder}`;
    return { method, path: below(asked.replaceAll(placeholder, encoded)), headers };
  }
  const json = body.replaceAll(JSON.stringify(placeholder), JSON.stringify(recipient));
  return { method, path: below(path.replaceAll(placeholder, encoded)), headers, body: json };
}

/**
 * What the answer says of one number. A 404 is "not capable" only once a number has been found capable: until then it may as well mean
 * that the path is wrong (protocol notes §10).
 */
export function readCapability(
  exchange: Exchange,
  isProven: boolean,
  settings: CapabilitySettings,
  credentials: readonly string[],
): CapabilityAnswer {
  if (exchange.kind === "answer") {
    if (exchange.status >= 200 && exchange.status < 300) return readVerdict(exchange, settings.capability.okValues);
    if (exchange.status === 404 && isProven) return { kind: "not-capable", reason: "HTTP 404" };
  }
  return readNoAnswer(exchange, "capability.path and capability.method", settings.errorFieldPaths, credentials);
}

function readVerdict(
  { body, status, broke }: Extract<Exchange, { kind: "answer" }>,
  okValues: readonly string[],
): CapabilityAnswer {
  const json = parseJson(body);
  if (json === undefined) {
    const why = broke === null ? "the answer is not JSON" : `the answer broke off (${broke})`;
    return { kind: "failed-check", reason: `HTTP ${status}: ${why}` };
  }
  const ok = okValues.map((value) => value.toLowerCase());
  const isOk = (word: string) => ok.includes(word.toLowerCase());
  const list = wordsOf(json) ?? findField(json, listNames, wordsOf);
  if (list !== undefined) {
    return list.some(isOk)
      ? { kind: "capable", capabilities: list }
      : {
          kind: "not-capable",
          reason: list.length === 0 ? "no capabilities" : `only ${list.join(", ").slice(0, 200)}`,
        };
  }
  const said = findField(json, verdictNames, (value) => (typeof value === "boolean" ? value : asWord(value)));
  if (typeof said === "boolean") {
    return said ? { kind: "capable", capabilities: [] } : { kind: "not-capable", reason: "the answer says no" };
  }
  if (said !== undefined) {
    return isOk(said) || said.toLowerCase() === "true"
      ? { kind: "capable", capabilities: [said] }
      : { kind: "not-capable", reason: `the answer says ${said.slice(0, 60)}` };
  }
  if (isObject(json) && Object.keys(json).length === 0) return { kind: "not-capable", reason: "an empty answer" };
  return { kind: "failed-check", reason: `HTTP ${status}: the answer names no capabilities; see capability.okValues` };
}

const listNames = ["capabilities", "capability", "features"];
const verdictNames = ["capable", "isCapable", "result", "capability"];

function wordsOf(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === "string") ? value : undefined;
}

/** Everything but a verdict, for the calls that only ask: nothing they meet concerns a message. */
export function readNoAnswer(
  exchange: Exchange,
  knobs: string,
  errorFieldPaths: readonly string[],
  credentials: readonly string[],
): NoAnswer {
  if (exchange.kind === "no-answer") {
    const { reason } = decideByFailure(exchange.failure, `${exchange.failure} (${exchange.detail})`);
    return { kind: "failed-check", reason };
  }
  const { status } = exchange;
  const said = readErrorText(exchange.body, errorFieldPaths, credentials);
  const reason = said === "" ? `HTTP ${status}` : `HTTP ${status}: ${said}`;
  if (status === 404 || status === 405 || status === 415 || status === 501) {
    const notAvailable = {
      kind: "not-available",
      reason: `${reason}; if KDDI offers it elsewhere, set ${knobs}`,
    } as const;
    // A 404 may be about the one number; the others are about the call.
    return status === 404 ? notAvailable : { ...notAvailable, forRoute: true };
  }
  const retryAfterMs = parseRetryAfter(exchange.retryAfter, new Date());
  const outcome = decideByStatus(status, {}, { reason, retryAfterMs });
  if (outcome.kind === "throttled") {
    return { kind: "throttled", reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (outcome.kind === "held" && (outcome.cause === "credentials" || outcome.cause === "forbidden")) {
    return { kind: "held", cause: outcome.cause, reason };
  }
  return { kind: "failed-check", reason };
}
