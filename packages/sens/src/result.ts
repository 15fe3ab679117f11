import type { SecondLeg, StatusAnswer } from "@hikyaku/core";
import { readTimestamp } from "./korean-time.ts";
import { acceptanceOf, type ListedFailover, type ListedMessage, refusalOf } from "./listed-message.ts";
import { isUncertain, isWithoutFailover, reasonOf, reasonOfSms } from "./status-codes.ts";

export interface ResultSettings {
  timestampZone: string;
  /** How long after a failure its SMS may take to begin. */
  failoverWaitMs: number;
}

/**
 * What became of one message (protocol notes §7, the table of final outcomes). The message's `messageStatusName` stays `fail` also when the
 * SMS in its place arrived, so both legs are read together.
 *
 * `failover` is only told by the single query; see {@link needsDetail}.
 */
export function resultOf(message: ListedMessage, now: Date, settings: ResultSettings): StatusAnswer {
  const at = readTimestamp(message.completeTime, settings.timestampZone);
  const { messageStatusCode: code, messageStatusName: name } = message;
  const status = (
    state: Extract<StatusAnswer, { kind: "status" }>["state"],
    rawStatus: string,
    secondLeg?: SecondLeg,
  ) =>
    secondLeg === undefined
      ? ({ kind: "status", state, rawStatus, at } as const)
      : ({ kind: "status", state, rawStatus, at, secondLeg } as const);

  if (acceptanceOf(message) === "refused") return status("failed", refusalOf(message));
  if (message.failover !== undefined && name !== "success") {
    const leg = secondLegOf(message.failover, {
      firstStatus: code ?? name ?? "fail",
      firstFailedAt: at,
      firstReason: reasonOf(code ?? name ?? "fail", message.messageStatusDesc),
    });
    const state = leg.state === "rejected" ? "failed" : leg.state;
    return { ...status(state, leg.rawStatus, leg), at: state === "failed" ? at : null };
  }
  // 3005: it left Kakao and may be read yet; the others say only that nothing can be said.
  if (isUncertain(code)) return status(code === "3005" ? "sent" : "pending", code ?? "");
  switch (name) {
    case undefined:
    case "processing":
      return status("pending", code ?? name ?? "no result yet");
    case "success":
      return status("delivered", code ?? name);
    case "fail":
      return isFailoverAwaited(message, now, settings)
        ? status("pending", `${code ?? name}, SMS not begun`)
        : { ...status("failed", code ?? name), reason: reasonOf(code ?? name, message.messageStatusDesc) };
    default:
      return { kind: "failed-check", reason: `the status word ${JSON.stringify(name.slice(0, 60))} is not known` };
  }
}

/** True when the list's word is not the last one: an SMS may have gone out, of which only the single query tells. */
export function needsDetail(message: ListedMessage): boolean {
  return (
    message.useSmsFailover &&
    message.failover === undefined &&
    message.messageStatusName === "fail" &&
    acceptanceOf(message) !== "refused" &&
    !isWithoutFailover(message.messageStatusCode)
  );
}

function isFailoverAwaited(
  message: ListedMessage,
  now: Date,
  { timestampZone, failoverWaitMs }: ResultSettings,
): boolean {
  if (!needsDetail(message)) return false;
  const failedAt =
    readTimestamp(message.completeTime, timestampZone) ?? readTimestamp(message.requestTime, timestampZone);
  return failedAt === null || now.getTime() - failedAt.getTime() < failoverWaitMs;
}

function secondLegOf(
  failover: ListedFailover,
  first: Pick<SecondLeg, "firstStatus" | "firstReason" | "firstFailedAt">,
): SecondLeg {
  const { requestStatusCode, requestStatusName, messageStatus, messageStatusCode, messageStatusName } = failover;
  const { firstStatus } = first;
  const ids = { providerMessageId: failover.messageId ?? null, providerOrderId: failover.requestId ?? null };
  const leg = (state: SecondLeg["state"], word: string, reason?: string): SecondLeg => ({
    channel: "sms",
    ...ids,
    state,
    rawStatus: `${firstStatus}, SMS ${word}`,
    ...(reason === undefined ? {} : { reason }),
    ...first,
  });
  const isRefused =
    requestStatusName === "fail" || (requestStatusName === undefined && (requestStatusCode ?? "202") !== "202");
  if (isRefused) {
    const word = `refused ${requestStatusCode ?? ""}`.trim();
    return leg("rejected", word, `SENS did not take the SMS: ${word}`);
  }
  if (messageStatus !== undefined && messageStatus !== "COMPLETED") return leg("pending", messageStatus);
  if (messageStatusName === "success") return leg("delivered", messageStatusCode ?? messageStatusName);
  if (messageStatusName === "fail") {
    const word = messageStatusCode ?? messageStatusName;
    return leg("failed", word, reasonOfSms(word, failover.messageStatusDesc));
  }
  return leg("pending", messageStatusCode ?? "no result yet");
}
