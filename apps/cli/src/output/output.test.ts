import { expect, test } from "vitest";
import { cutToWidth, displayWidth, padToWidth } from "./display-width.ts";
import { lengthOfTime, moment, momentIn, percent, rate, timeOfDay } from "./format.ts";
import { createProgress } from "./progress.ts";
import { progressLine } from "./progress-line.ts";
import { drawTable } from "./table.ts";
import { createTerminal, type Writer } from "./terminal.ts";

function writer(options: { isTTY: boolean; columns?: number }): Writer & { text: string } {
  return {
    text: "",
    columns: 80,
    ...options,
    drained: async () => {},
    write(piece) {
      this.text += piece;
    },
  };
}
const plain = createTerminal(writer({ isTTY: false }), writer({ isTTY: false }), {}).outPaint;

test.for([
  ["abc", 3],
  ["山田太郎", 8],
  ["ﾔﾏﾀﾞ", 4],
  ["김철수", 6],
  ["ＡＢ", 4],
  ["が", 2],
  ["か\u3099", 2],
  ["😀", 2],
  ["👨‍👩‍👧", 2],
  ["é", 1],
  ["\u001b[32mdelivered\u001b[39m", 9],
  ["", 0],
] as const)("%j takes %i cells", ([text, cells]) => {
  expect(displayWidth(text)).toBe(cells);
});

test("a text is cut and filled by cells, not by characters", () => {
  expect(cutToWidth("山田太郎様", 6)).toBe("山田…");
  expect(cutToWidth("山田", 4)).toBe("山田");
  expect(padToWidth("山田", 6)).toBe("山田  ");
});

test("columns stay straight under Japanese, and numbers stand right", () => {
  const text = drawTable(
    [{ header: "NAME", maxWidth: 10 }, { header: "ROWS", align: "right" }, { header: "" }],
    [
      ["山田太郎", "3", "x"],
      ["Tanaka\nHanako", "1,204", ""],
    ],
    plain,
  );
  expect(text).toBe(["NAME         ROWS", "山田太郎        3  x", "Tanaka ⏎ …  1,204", ""].join("\n"));
});

test.for([
  [340, "340 ms"],
  [8_000, "8s"],
  [8_240, "8.2s"],
  [59_900, "1m 00s"],
  [200_000, "3m 20s"],
  [7_500_000, "2h 05m"],
  [270_000_000, "3d 3h"],
] as const)("%i ms is written %j", ([ms, text]) => {
  expect(lengthOfTime(ms)).toBe(text);
});

test("a moment carries its offset, so that it is the same wherever it is read", () => {
  const at = new Date("2026-12-01T03:04:05Z");
  const text = moment(at);
  expect(text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/);
  expect(new Date(text.replace(" ", "T"))).toEqual(at);
  expect(text).toContain(timeOfDay(at));
  expect(moment(null)).toBe("–");
});

test.each([
  ["Asia/Tokyo", "2026-12-01 12:04:05 Asia/Tokyo"],
  ["America/New_York", "2026-11-30 22:04:05 America/New_York"],
  [null, moment(new Date("2026-12-01T03:04:05Z"))],
  ["Nowhere/Land", moment(new Date("2026-12-01T03:04:05Z"))],
])("a moment by the clock of %s is %s", (zone, text) => {
  expect(momentIn(new Date("2026-12-01T03:04:05Z"), zone)).toBe(text);
});

test("rates have a decimal where it tells something", () => {
  expect([rate(98.66), rate(1_234.5), rate(7), percent(1, 3), percent(0, 0)]).toEqual([
    "98.7",
    "1,235",
    "7",
    "33.3%",
    "–",
  ]);
});

test("a line of progress tells count, rate against the limit, time left and outcomes", () => {
  const state = {
    ...{ label: "sending", done: 1_200, total: 2_000, perSecond: 97.5, limit: 100 },
    outcomes: [
      ["accepted", 1_190],
      ["failed", 10],
      ["unknown", 0],
    ] as const,
  };
  expect(progressLine(state, { barCells: 10 })).toBe(
    "sending ██████░░░░ 1,200/2,000 60% · 97.5/s of 100 · ETA 8.2s · accepted 1,190 · failed 10",
  );
  expect(progressLine({ ...state, total: null, note: "40% of the file" }, { barCells: 10 })).toBe(
    "sending 1,200 · 97.5/s of 100 · accepted 1,190 · failed 10 · 40% of the file",
  );
});

test("a screen has one line that is drawn over; a log gets a line every five seconds", () => {
  const state = { label: "sending", total: 10, perSecond: 0 };
  const screen = writer({ isTTY: true, columns: 40 });
  const log = writer({ isTTY: false });
  let now = 0;
  const shown = [screen, log].map((each) => createProgress(each, () => now));
  for (now of [0, 50, 200, 5_100]) for (const progress of shown) progress.update({ ...state, done: now / 1_000 });
  for (const progress of shown) progress.stop();
  expect(screen.text.split("\r").length - 1).toBe(3);
  expect(screen.text.endsWith("\n")).toBe(true);
  expect(log.text.split("\n")).toEqual(["sending 0/10 0%", "sending 5/10 51%", ""]);
  expect(Math.max(...screen.text.split("\r").map((line) => displayWidth(line.replace(/\n$/, ""))))).toBeLessThan(40);
});

test.for([
  { env: {}, isTTY: true, isColoured: true },
  { env: {}, isTTY: false, isColoured: false },
  { env: { NO_COLOR: "1" }, isTTY: true, isColoured: false },
  { env: { NO_COLOR: "1", FORCE_COLOR: "1" }, isTTY: true, isColoured: false },
  { env: { FORCE_COLOR: "1" }, isTTY: false, isColoured: true },
  { env: { TERM: "dumb" }, isTTY: true, isColoured: false },
])("colours with $env on a screen ($isTTY): $isColoured", ({ env, isTTY, isColoured }) => {
  const { outPaint } = createTerminal(writer({ isTTY }), writer({ isTTY }), env);
  expect(outPaint.red("x") !== "x").toBe(isColoured);
});
