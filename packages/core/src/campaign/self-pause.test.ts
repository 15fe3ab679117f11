import { describe, expect, test } from "vitest";
import { type SelfPauseInput, shouldPause } from "./self-pause.ts";

type Outcomes = SelfPauseInput["firstOutcomes"];

function rejected(count: number, reason = "bad smsNumber"): Outcomes {
  return Array.from({ length: count }, () => ({ kind: "rejected" as const, reason }));
}

const accepted: Outcomes = [{ kind: "accepted" }];

describe("shouldPause", () => {
  const table: [label: string, outcomes: Outcomes, size: number, pause: boolean][] = [
    ["the first 20 of many were rejected", rejected(20), 1_000, true],
    ["only 19 are known", rejected(19), 1_000, false],
    ["one of the first 20 was accepted", [...rejected(19), ...accepted], 1_000, false],
    ["the very first was accepted, then 50 rejected", [...accepted, ...rejected(50)], 1_000, false],
    ["the 21st was accepted", [...rejected(20), ...accepted], 1_000, true],
    ["one of them is unknown", [...rejected(19), { kind: "unknown" }, ...rejected(5)], 1_000, false],
    ["all three of a small campaign were rejected", rejected(3), 3, true],
    ["two of three were rejected, the third waits", rejected(2), 3, false],
    [
      "retries and 503s between them decide nothing",
      [{ kind: "retry" }, ...rejected(10), { kind: "throttled" }, { kind: "held" }, ...rejected(10)],
      1_000,
      true,
    ],
    ["nothing was sent", [], 1_000, false],
    ["there is nothing to send", [], 0, false],
  ];
  test.each(table)("%s", (_label, firstOutcomes, campaignSize, pause) => {
    expect(shouldPause({ firstOutcomes, campaignSize }).pause).toBe(pause);
  });

  test("how many are looked at is a setting", () => {
    expect(shouldPause({ firstOutcomes: rejected(5), campaignSize: 100, sampleSize: 5 }).pause).toBe(true);
  });

  test("the reason quotes what the gateway says, or says most", () => {
    expect(shouldPause({ firstOutcomes: rejected(20), campaignSize: 100 })).toEqual({
      pause: true,
      reason: "The first 20 messages were all rejected; the gateway says: bad smsNumber",
    });
    expect(
      shouldPause({ firstOutcomes: [...rejected(8, "rare"), ...rejected(12, "common")], campaignSize: 100 }),
    ).toEqual({
      pause: true,
      reason: "The first 20 messages were all rejected; the gateway mostly says (12 of 20): common",
    });
    expect(shouldPause({ firstOutcomes: rejected(1), campaignSize: 1 })).toMatchObject({
      reason: "The first message was rejected; the gateway says: bad smsNumber",
    });
  });
});
