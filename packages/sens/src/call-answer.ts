import { type AttemptOutcome, decideByFailure, decideByStatus, parseRetryAfter } from "@hikyaku/core";
import { headerOf, shownText, withoutTags } from "@hikyaku/exchange";
import { type ErrorBody, readErrorBody } from "./error-body.ts";
import { isObject, parseJson } from "./json.ts";
import type { CallResult } from "./signed-caller.ts";

type AnsweredCall = Extract<CallResult, { kind: "answer" }>;

/** What a question to SENS came to. Nothing is changed by asking, so any of them may be asked again. */
export type CallAnswer<T> =
  | { kind: "ok"; value: T }
  /**
   * 404: the carrier has nothing of that kind (yet). `isProof` when the body is empty, which is how SENS was seen to say it (protocol notes
   * §6.2); another 404 of its own is no reason for alarm, but none to send anything again either.
   */
  | { kind: "nothing"; isProof: boolean; reason: string }
  /** The question itself is wrong: 400 and its like. */
  | { kind: "refused"; reason: string; httpStatus: number }
  | { kind: "throttled"; reason: string; retryAfterMs?: number }
  | { kind: "held"; cause: "credentials" | "forbidden" | "configuration"; reason: string }
  | { kind: "failed-check"; reason: string };

/** The gateway's codes for going too fast; every other 429 is the account's daily quota (protocol notes §3.1, §15.1). */
const speedCodes = ["410", "420"];

/**
 * Reads the answer to a GET or DELETE. A 404 means "nothing there" only when SENS itself said it: the gateway's own 404 (code 300) means that
 * the path is wrong, and a page is some proxy's.
 *
 * @param read what the body says; undefined when it isn't what was asked for.
 */
export function readCall<T>(
  result: CallResult,
  secrets: readonly string[],
  read: (json: unknown) => T | undefined,
): CallAnswer<T> {
  if (result.kind === "no-answer") return { kind: "failed-check", reason: reasonOfSilence(result) };
  const { status } = result;
  if (status >= 200 && status < 300) {
    const value = result.broke === null ? read(parseJson(result.body)) : undefined;
    if (value !== undefined) return { kind: "ok", value };
    const why = result.broke === null ? "the answer can't be understood" : `the answer broke off (${result.broke})`;
    return { kind: "failed-check", reason: `HTTP ${status}: ${why}` };
  }
  const { reason, body } = reasonOfRefusal(result, secrets);
  if (status === 404 && !body.isFromGateway) {
    const isEmpty = result.broke === null && result.body.trim() === "";
    if (isEmpty || isObject(parseJson(result.body))) return { kind: "nothing", isProof: isEmpty, reason };
    return { kind: "failed-check", reason: `${reason}; it is no answer of SENS` };
  }
  const outcome = decideByStatus(status, {}, { reason, retryAfterMs: retryAfterMs(result) });
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
      return { kind: "refused", reason, httpStatus: status };
    case "retry":
    case "unknown":
      return { kind: "failed-check", reason };
    default:
      return outcome satisfies never;
  }
}

/**
 * What a POST without a 2xx means for every message in it (protocol notes §3.3). Where it differs from the common table: a 5xx may have been
 * sent, and SENS can be asked, so it is unknown until it was looked up; a 429 says that the day's quota is used up, which holds the route,
 * unless it names a speed or a time to wait.
 */
export function outcomeOfCall(
  result: CallResult,
  secrets: readonly string[],
  notProcessedStatuses: readonly number[],
): Exclude<AttemptOutcome, { kind: "accepted" }> {
  if (result.kind === "no-answer") return decideByFailure(result.failure, reasonOfSilence(result));
  const { status: httpStatus } = result;
  const { reason, body } = reasonOfRefusal(result, secrets);
  if (httpStatus >= 500 && !notProcessedStatuses.includes(httpStatus)) return { kind: "unknown", reason, httpStatus };
  const wait = retryAfterMs(result);
  if (httpStatus === 429 && wait === undefined && !speedCodes.includes(body.code ?? "")) {
    return { kind: "held", cause: "quota", reason: `${reason}; the day's sending quota is used up`, httpStatus };
  }
  return decideByStatus(httpStatus, {}, { reason, retryAfterMs: wait });
}

function retryAfterMs({ retryAfter }: AnsweredCall): number | undefined {
  return parseRetryAfter(retryAfter, new Date());
}

function reasonOfSilence({ failure, detail }: Extract<CallResult, { kind: "no-answer" }>): string {
  return `${failure} (${detail})`;
}

/** `HTTP 401 (code 200): Authentication Failed; request 5f1…`: for the operator, and for the carrier's support. */
function reasonOfRefusal(result: AnsweredCall, secrets: readonly string[]): { reason: string; body: ErrorBody } {
  const { status } = result;
  const body = readErrorBody(result.body);
  const code = body.code === null || body.code === String(status) ? "" : ` (code ${shownText(body.code, secrets)})`;
  const said = shownText(withoutTags(body.text), secrets);
  const keys = "see whether accessKey and secretKey are right and may use this service";
  const id =
    headerOf(result, "x-ncp-apigw-request-id")
      ?.replaceAll(/[^\w-]/g, "")
      .slice(0, 64) ?? "";
  const parts = [
    `HTTP ${status}${code}${said === "" ? "" : `: ${said}`}`,
    ...(result.clock !== null ? [result.clock] : status === 401 ? [keys] : []),
    ...(id === "" ? [] : [`request ${id}`]),
  ];
  return { reason: parts.join("; "), body };
}
