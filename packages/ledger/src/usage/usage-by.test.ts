import { expect, test } from "vitest";
import type { UsageRow } from "./usage.ts";
import { type UsageDivision, usageBy } from "./usage-by.ts";

function row(day: string, route: string, key: string | null, channel: string | null, messages: number): UsageRow {
  const campaignId = key === null ? null : `id of ${key}`;
  return {
    day,
    route,
    account: `bot of ${route}`,
    channel,
    campaignId,
    key,
    name: key,
    messages,
    segments: messages * 2,
  };
}

const rows = [
  row("2026-11-01", "a", "x", "sms", 1),
  row("2026-11-01", "a", "x", "rcs", 2),
  row("2026-11-01", "a", null, null, 4),
  row("2026-11-02", "a", "x", "sms", 8),
  row("2026-11-02", "b", "y", "sms", 16),
];

test.each<[UsageDivision, unknown[]]>([
  [
    "route",
    [
      ["a", "sms", 9],
      ["a", "rcs", 2],
      ["a", null, 4],
      ["b", "sms", 16],
    ],
  ],
  [
    "campaign",
    [
      ["a", "x", "sms", 9],
      ["a", "x", "rcs", 2],
      ["a", null, null, 4],
      ["b", "y", "sms", 16],
    ],
  ],
  [
    "day",
    [
      ["2026-11-01", "a", "sms", 1],
      ["2026-11-01", "a", "rcs", 2],
      ["2026-11-01", "a", null, 4],
      ["2026-11-02", "a", "sms", 8],
      ["2026-11-02", "b", "sms", 16],
    ],
  ],
])("by %s", (division, expected) => {
  const parts = usageBy(division, rows);
  const told = parts.map(({ day, route, key, channel, messages }) => [
    ...(division === "day" ? [day] : []),
    route,
    ...(division === "campaign" ? [key] : []),
    channel,
    messages,
  ]);
  expect(told).toEqual(expected);
  expect(parts.every(({ messages, segments }) => segments === messages * 2)).toBe(true);
  expect(parts[0]).toMatchObject({
    account: "bot of a",
    ...(division === "campaign" ? {} : { campaignId: null, name: null }),
  });
});
