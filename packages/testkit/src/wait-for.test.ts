import { expect, test } from "vitest";
import { waitFor } from "./wait-for.ts";

test("the first truthy value is returned", async () => {
  let looks = 0;
  const value = await waitFor(() => (++looks >= 3 ? { looks } : undefined), { everyMs: 1 });
  expect(value).toEqual({ looks: 3 });
});

test("a condition that throws is looked at again", async () => {
  let looks = 0;
  const value = await waitFor(
    async () => {
      if (++looks < 3) throw new Error("not yet");
      return "there";
    },
    { everyMs: 1 },
  );
  expect(value).toBe("there");
});

test("the failure names what was awaited and the last value", async () => {
  const failure = waitFor(() => [1, 2].length === 3, { timeoutMs: 30, everyMs: 5, what: "the third row" });
  await expect(failure).rejects.toThrow(/^Waited 30 ms for the third row; looked \d+ times, last: false$/);
});

test("the failure carries the last error", async () => {
  const cause = new Error("connection refused");
  const failure = waitFor(() => Promise.reject(cause), { timeoutMs: 30, everyMs: 5 });
  await expect(failure).rejects.toMatchObject({ message: expect.stringContaining("last: connection refused"), cause });
});

test("a look that never comes back does not hold the wait", async () => {
  const failure = waitFor(() => new Promise<boolean>(() => {}), { timeoutMs: 40, what: "an answer" });
  await expect(failure).rejects.toThrow("this look did not come back");
});

test("looks that came back leave no timer behind, which would keep the process alive", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
  const before = timers();
  let looks = 0;

  await waitFor(async () => ++looks > 50, { everyMs: 1, timeoutMs: 60_000 });

  expect(timers()).toBeLessThanOrEqual(before + 1);
});
