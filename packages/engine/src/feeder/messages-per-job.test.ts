import { expect, test } from "vitest";
import { messagesPerJob } from "./messages-per-job.ts";

test.each([
  [1, 1, 1],
  [10, 1, 1],
  [100, 1, 10],
  [1_000, 1, 50],
  [null, 1, 50],
  [1, 100, 10],
  [50, 100, 100],
  [null, 100, 100],
  [null, 20, 50],
] as const)(
  "at %s requests a second with %s recipients each a job carries %s",
  (ratePerSecond, recipientsPerRequest, count) => {
    const pace = { ratePerSecond, recipientsPerRequest };
    expect(messagesPerJob(pace, { jobSpanMs: 100, maxJobMessages: 50 })).toBe(count);
  },
);
