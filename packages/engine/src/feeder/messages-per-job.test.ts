import { expect, test } from "vitest";
import { messagesPerJob } from "./messages-per-job.ts";

test.each([
  [1, 1],
  [10, 1],
  [100, 10],
  [1_000, 50],
  [null, 50],
] as const)("at %s messages a second a job carries %s", (rate, count) => {
  expect(messagesPerJob(rate, { jobSpanMs: 100, maxJobMessages: 50 })).toBe(count);
});
