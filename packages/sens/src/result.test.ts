import { describe, expect, test } from "vitest";
import { readListedMessage } from "./listed-message.ts";
import { needsDetail, resultOf } from "./result.ts";

const settings = { timestampZone: "Asia/Seoul", failoverWaitMs: 600_000 };
/** Five seconds after the example's `completeTime`. */
const now = new Date("2026-11-20T10:15:09+09:00");
const at = new Date("2026-11-20T10:15:04+09:00");

/** The protocol's example of a failed message (§7), before its SMS. */
const failed = {
  requestId: "RBAA-20261120101500123-AbCdEfGh",
  messageId: "0f0e0d0c-0000-4000-8000-000000000002",
  requestTime: "2026-11-20T10:15:00.123",
  completeTime: "2026-11-20T10:15:04",
  to: "01000000002",
  requestStatusCode: "A000",
  requestStatusName: "success",
  requestStatusDesc: "성공",
  messageStatusCode: "3019",
  messageStatusName: "fail",
  messageStatusDesc: "톡 유저가 아님",
  useSmsFailover: true,
};
const failover = {
  smsServiceId: "ncp:sms:kr:100000000001:demo",
  requestId: "RSMA-1",
  requestStatusCode: "202",
  requestStatusName: "success",
  messageId: "sms-1",
  messageStatus: "COMPLETED",
  messageStatusCode: "0",
  messageStatusName: "success",
};
const withSms = (changes: Record<string, unknown> = {}) => ({ ...failed, failover: { ...failover, ...changes } });
const leg = (state: string, word: string) => ({
  channel: "sms",
  providerMessageId: "sms-1",
  providerOrderId: "RSMA-1",
  state,
  rawStatus: `3019, SMS ${word}`,
  firstStatus: "3019",
});

/** Protocol notes §7, the table of final outcomes, row by row, and what surrounds it. */
const results: [label: string, message: Record<string, unknown>, answer: Record<string, unknown>][] = [
  [
    "refused",
    {
      ...failed,
      requestStatusCode: "A003",
      requestStatusName: "fail",
      requestStatusDesc: "거절",
      messageStatusName: undefined,
    },
    { state: "failed", rawStatus: "A003: 거절" },
  ],
  [
    "no result yet",
    { ...failed, messageStatusName: undefined, messageStatusCode: undefined },
    { state: "pending", rawStatus: "no result yet" },
  ],
  [
    "processing",
    { ...failed, messageStatusName: "processing", messageStatusCode: null },
    { state: "pending", rawStatus: "processing" },
  ],
  [
    "delivered",
    { ...failed, messageStatusName: "success", messageStatusCode: "0000" },
    { state: "delivered", rawStatus: "0000", at },
  ],
  ["failed without failover", { ...failed, useSmsFailover: false }, { state: "failed", rawStatus: "3019", at }],
  ["failed, its SMS not begun yet", failed, { state: "pending", rawStatus: "3019, SMS not begun" }],
  [
    "failed, its SMS not begun after ten minutes",
    { ...failed, completeTime: "2026-11-20T10:05:08" },
    { state: "failed", rawStatus: "3019" },
  ],
  [
    "failed with a code after which no SMS is sent",
    { ...failed, messageStatusCode: "B123" },
    { state: "failed", rawStatus: "B123" },
  ],
  [
    "SMS refused",
    withSms({ requestStatusCode: "400", requestStatusName: "fail" }),
    { state: "failed", rawStatus: "3019, SMS refused 400", secondLeg: leg("rejected", "refused 400") },
  ],
  [
    "SMS waiting",
    withSms({ messageStatus: "READY", messageStatusName: undefined }),
    { state: "pending", secondLeg: leg("pending", "READY") },
  ],
  [
    "SMS under way",
    withSms({ messageStatus: "PROCESSING", messageStatusName: "success" }),
    { state: "pending", secondLeg: leg("pending", "PROCESSING") },
  ],
  [
    "delivered by SMS",
    withSms(),
    { state: "delivered", rawStatus: "3019, SMS 0", at: null, secondLeg: leg("delivered", "0") },
  ],
  [
    "SMS failed too",
    withSms({ messageStatusCode: "3018", messageStatusName: "fail" }),
    { state: "failed", rawStatus: "3019, SMS 3018", secondLeg: leg("failed", "3018") },
  ],
  [
    "both by codes nobody knows",
    {
      ...withSms({ messageStatusCode: "71", messageStatusName: "fail", messageStatusDesc: "단말기 꺼짐" }),
      ...{ messageStatusCode: "7777", messageStatusDesc: "새 사유" },
    },
    { state: "failed", secondLeg: { reason: "71: 단말기 꺼짐", firstReason: "7777: 새 사유" } },
  ],
  [
    "delivered by SMS, in as few words as a public client's example has",
    {
      ...{ messageId: "aa724ca6", requestStatusCode: "A000", messageStatusCode: "3000", messageStatusName: "fail" },
      useSmsFailover: true,
      failover: { requestId: "RSMA-1", messageId: "sms-1", messageStatus: "COMPLETED", messageStatusName: "success" },
    },
    {
      state: "delivered",
      rawStatus: "3000, SMS success",
      secondLeg: { state: "delivered", providerMessageId: "sms-1" },
    },
  ],
  [
    "an SMS of which nothing is told",
    withSms({ messageStatus: undefined, messageStatusCode: undefined, messageStatusName: undefined }),
    { state: "pending" },
  ],
  [
    "delivered by AlimTalk after all",
    { ...withSms({ messageStatusName: "fail" }), messageStatusName: "success", messageStatusCode: "0000" },
    { state: "delivered", rawStatus: "0000" },
  ],
  ["sent, receipt not confirmed", { ...failed, messageStatusCode: "3005" }, { state: "sent", rawStatus: "3005" }],
  ["still being processed", { ...failed, messageStatusCode: "4161" }, { state: "pending", rawStatus: "4161" }],
  [
    "result not found",
    { ...failed, messageStatusCode: "4000", useSmsFailover: false },
    { state: "pending", rawStatus: "4000" },
  ],
  [
    "success, though its receipt is open",
    { ...failed, messageStatusCode: "3005", messageStatusName: "success" },
    { state: "sent" },
  ],
  [
    "a code nobody knows",
    { ...failed, messageStatusCode: "7777", messageStatusDesc: "새 사유", useSmsFailover: false },
    { state: "failed", rawStatus: "7777", reason: "7777: 새 사유" },
  ],
  ["words in capitals", { ...failed, messageStatusName: "SUCCESS", messageStatusCode: "0000" }, { state: "delivered" }],
];

describe("a message", () => {
  test.each(results)("%s", (_, given, expected) => {
    const message = readListedMessage(given);
    expect(message && resultOf(message, now, settings)).toMatchObject({ kind: "status", ...expected });
  });

  test("with a word for its state that nobody knows has no state", () => {
    const message = readListedMessage({ ...failed, messageStatusName: "lost" });
    expect(message && resultOf(message, now, settings)).toMatchObject({
      kind: "failed-check",
      reason: expect.stringContaining('"lost"'),
    });
  });

  test.each([
    ["failed with failover on", failed, true],
    ["failed with failover off", { ...failed, useSmsFailover: false }, false],
    ["failed, its SMS already told", withSms(), false],
    ["delivered", { ...failed, messageStatusName: "success" }, false],
    ["refused", { ...failed, requestStatusCode: "A999" }, false],
    ["failed with a B code", { ...failed, messageStatusCode: "B1" }, false],
  ])("%s is asked about by itself: %#", (_, given, expected) => {
    const message = readListedMessage(given);
    expect(message && needsDetail(message)).toBe(expected);
  });
});
