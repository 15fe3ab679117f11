import { waitFor } from "@hikyaku/testkit";
import { describe, expect, test } from "vitest";
import { createLateStarts, forgivenMs, latestMs, marginMs } from "./late-starts.ts";

const windowMs = 1_000 + marginMs;
const intervalMs = windowMs / 1_000;

/** Two processes that hear each other. */
function pair() {
  const notes: string[] = [];
  const all = [0, 1].map(() =>
    createLateStarts((told) => {
      notes.push(told);
      for (const each of all) each.hear(told);
    }),
  );
  const [one, two] = all;
  if (one === undefined || two === undefined) throw new Error("not two");
  return { one, two, notes };
}

test("the slot one second after a late start starts as late, whoever holds it, and no other slot does", async () => {
  const { one, two, notes } = pair();
  one.tell(5_000, 30);
  one.tell(5_003, 12);
  await waitFor(() => notes.length > 0);

  expect(notes).toEqual(["5000.000+30.0 5003.000+12.0"]);
  for (const each of [one, two]) {
    expect(each.delayOf(5_000 + windowMs, intervalMs)).toBe(30 - forgivenMs);
    expect(each.delayOf(5_000 + windowMs + intervalMs, intervalMs)).toBe(0);
    expect(each.delayOf(5_000 + windowMs - intervalMs, intervalMs)).toBe(0);
    expect(each.delayOf(5_003 + windowMs, intervalMs)).toBe(12 - forgivenMs);
  }
});

test("a start that is hardly late is nobody's business", async () => {
  const { one, notes } = pair();
  one.tell(5_000, forgivenMs);
  one.tell(6_000, forgivenMs + 1);
  await waitFor(() => notes.length > 0);
  expect(notes).toEqual([`6000.000+${(forgivenMs + 1).toFixed(1)}`]);
});

test("of two late starts before one slot of a slower pace the later one counts", () => {
  const { one } = pair();
  one.hear("5000.000+10.0 5001.000+90.0");
  expect(one.delayOf(5_000 + windowMs, 10)).toBe(90 - forgivenMs);
});

test("notes that cannot be read, or tell of what cannot be, are passed over", () => {
  const { one } = pair();
  one.hear("");
  one.hear("nonsense");
  one.hear(`{"at":5000} 5000.000 5000.000+ 5000.000+x -1+20 5000.000+${latestMs + 1}`);
  expect(one.delayOf(5_000 + windowMs, intervalMs)).toBe(0);
});

test("what is over is forgotten, however much of it there was", () => {
  const { one } = pair();
  for (let at = 1; at <= 1_000; at++) one.hear(`${at}.000+50.0`);
  expect(one.delayOf(60_000, intervalMs)).toBe(0);
  // It would be found again at its own moment, had it not been forgotten.
  expect(one.delayOf(500 + windowMs, intervalMs)).toBe(0);
});

test("who hears and never sends keeps no more than the last seconds", () => {
  const { one } = pair();
  for (let at = 1; at <= 1_000; at++) one.hear(`${at}.000+50.0`);
  one.hear("60000.000+50.0");
  // Asked about the past it would still know, had it kept everything.
  expect(one.delayOf(500 + windowMs, intervalMs)).toBe(0);
  expect(one.delayOf(60_000 + windowMs, intervalMs)).toBe(50 - forgivenMs);
});

describe("a gateway that counts any sliding second", () => {
  /** Starts of one process at 1,000 a second whose loop stands still now and then; `told`: it says so. */
  function startsOf({ told }: { told: boolean }): number[] {
    const late = createLateStarts(() => {});
    const starts: number[] = [];
    let freeAt = 0;
    for (let index = 0; index < 6_000; index++) {
      const slotAt = 10_000 + index * intervalMs;
      // 25 ms in every 700 nothing runs.
      if (index % 700 === 0) freeAt = slotAt + 25;
      const startAt = Math.max(slotAt + late.delayOf(slotAt, intervalMs), freeAt);
      starts.push(startAt);
      if (told && startAt - slotAt > forgivenMs) late.hear(`${slotAt.toFixed(3)}+${(startAt - slotAt).toFixed(1)}`);
    }
    return starts.sort((a, b) => a - b);
  }
  const nearest = (starts: number[]) => Math.min(...starts.slice(1_000).map((at, index) => at - (starts[index] ?? 0)));

  test("1,001 starts are never within a second, though the loop stands still", () => {
    const starts = startsOf({ told: true });
    expect(nearest(starts)).toBeGreaterThan(1_000 + marginMs - forgivenMs - 1);
    expect(starts).toHaveLength(6_000);
    // Nothing was lost: the last one is hardly later than its slot.
    expect((starts.at(-1) ?? 0) - (10_000 + 5_999 * intervalMs)).toBeLessThan(30);
  });

  test("they would be, if nobody were told", () => {
    expect(nearest(startsOf({ told: false }))).toBeLessThan(1_000);
  });
});
