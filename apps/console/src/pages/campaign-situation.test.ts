import type { CampaignCounts, CampaignRow } from "@hikyaku/ledger";
import { expect, test } from "vitest";
import { progressOf } from "../progress/progress-of.ts";
import type { RouteState } from "../routes/route-states.ts";
import { type CampaignNow, situation } from "./campaign-situation.ts";
import { createClock } from "./words.ts";

const now = new Date("2026-12-01T02:00:00+09:00");
const window = { from: "09:00", to: "20:00", timeZone: "Asia/Tokyo" };
const held = { held: { cause: "credentials", reason: "HTTP 401", since: now, nextProbeAt: null } } as RouteState;
const noCounts = { queued: 0, sending: 0, accepted: 0, sent: 0, delivered: 0, displayed: 0, failed: 0, rejected: 0 };
const noFurther = {
  expired: 0,
  revoked: 0,
  cancelled: 0,
  suppressed: 0,
  unknown: 0,
  total: 0,
  everAccepted: 0,
  segmentsAccepted: 0,
};

function told(
  campaign: Partial<CampaignRow>,
  more: Partial<CampaignNow> & { counted?: Partial<CampaignCounts> } = {},
): string {
  const counts = { ...noCounts, ...noFurther, queued: 10, total: 10, ...more.counted };
  const input: CampaignNow = {
    campaign: {
      deliveryWindow: null,
      startAt: null,
      pausedAt: null,
      cancelledAt: null,
      pauseReason: null,
      ...campaign,
    } as CampaignRow,
    counts,
    progress: progressOf(counts),
    ...{ route: null, windows: [], pace: null, now, clock: createClock("Asia/Tokyo", () => now), ...more },
  };
  return situation(input)?.text.replace(/<[^>]+>/g, "") ?? "nothing";
}

test.each([
  ["running", told({ state: "running" }), "nothing"],
  ["finished", told({ state: "finished" }), "nothing"],
  [
    "paused",
    told({ state: "paused", pauseReason: "wrong link" }),
    "Paused: wrong link. Receipts still come in. 10 are left to send.",
  ],
  [
    "cancelled in the middle",
    told(
      { state: "cancelled" },
      { counted: { cancelled: 4, sending: 1, unknown: 1, delivered: 2, rejected: 1, total: 19, everAccepted: 2 } },
    ),
    "Cancelled: 2 had gone out, 1 is at the gateway now, 1 is of unknown outcome, 14 will never be sent.",
  ],
  [
    "cancelled, and all is known of it",
    told({ state: "cancelled" }, { counted: { cancelled: 4, delivered: 2, total: 16, everAccepted: 2 } }),
    "Cancelled: 2 had gone out, 14 will never be sent.",
  ],
  [
    "waiting for its time",
    told({ state: "ready", startAt: new Date("2027-01-01T09:00:00+09:00") }),
    "Starts by itself at 2027-01-01 09:00:00.",
  ],
  [
    "on a held route",
    told({ state: "running" }, { route: held }),
    "Nothing goes out: its route is held. HTTP 401 Routes",
  ],
  [
    "outside its window",
    told({ state: "running" }, { windows: [window] }),
    "Outside its delivery window (09:00 to 20:00 Asia/Tokyo). It goes on by itself at 09:00:00.",
  ],
  [
    "outside of one of its windows",
    told({ state: "running" }, { windows: [window, { ...window, from: "18:00", to: "22:00", weekdays: [5] }] }),
    "Outside its delivery window (09:00 to 20:00 Asia/Tokyo, and 18:00 to 22:00 Asia/Tokyo on Fri). It goes on by itself at 2026-12-04 18:00.",
  ],
  [
    "never inside its windows",
    told({ state: "running" }, { windows: [window, { ...window, from: "21:00", to: "22:00" }] }),
    "Outside its delivery window (09:00 to 20:00 Asia/Tokyo, and 21:00 to 22:00 Asia/Tokyo). The windows never open together, so it never goes on: cancel it, or mend the windows of its class in the configuration.",
  ],
  [
    "standing still without a reason",
    told({ state: "running" }, { pace: { perSecond: 0, standingMs: 45_000 } }),
    "Nothing has gone out for 45 s although it could. Is a worker running? Routes shows who is connected.",
  ],
  ["standing still for a moment", told({ state: "running" }, { pace: { perSecond: 0, standingMs: 5_000 } }), "nothing"],
  [
    "through, waiting for receipts",
    told({ state: "running" }, { counted: { queued: 0, accepted: 10 }, route: held }),
    "nothing",
  ],
])("a campaign that is %s says: %s", (_, text, expected) => {
  expect(text).toBe(expected);
});
