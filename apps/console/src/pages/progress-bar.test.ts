import { expect, test } from "vitest";
import { progressBar } from "./progress-bar.ts";

const none = { queued: 0, sending: 0, underway: 0, delivered: 0, failed: 0, unknown: 0, stopped: 0, total: 0 };

function widths(text: string): number[] {
  return [...text.matchAll(/width="([\d.]+)" height/g)].map(([, width]) => Number(width));
}

test("three messages of three million are still seen, and nothing sticks out", () => {
  const bar = progressBar({ ...none, delivered: 2_999_997, unknown: 3, total: 3_000_000 });
  const [delivered = 0, unknown = 0] = widths(bar.text);
  expect(unknown).toBe(4);
  expect(delivered).toBeLessThanOrEqual(1_000);
  expect(
    Math.max(...[...bar.text.matchAll(/x="([\d.]+)" width="([\d.]+)"/g)].map(([, x, w]) => Number(x) + Number(w))),
  ).toBeLessThanOrEqual(1_000);
});

test("it tells its numbers to who can't see it, and an empty campaign has an empty bar", () => {
  expect(progressBar({ ...none, delivered: 1, queued: 3, total: 4 }).text).toContain(
    'aria-label="1 delivered, 3 left to send"',
  );
  expect(widths(progressBar(none).text)).toEqual([]);
});
