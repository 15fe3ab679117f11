import { expect, test } from "vitest";
import { type BacklogEntry, createBacklog } from "./backlog.ts";
import type { SendLane } from "./lane.ts";

const entry = (id: string, lane: SendLane): BacklogEntry => ({
  id,
  lane,
  windows: [],
  settle: () => {},
});
const ids = (entries: readonly BacklogEntry[]) => entries.map(({ id }) => id);

test("single messages are taken before those of campaigns, each in the order they came", () => {
  const backlog = createBacklog();
  backlog.add([entry("c1", "campaign"), entry("c2", "campaign")]);
  backlog.add([entry("s1", "single"), entry("s2", "single")]);

  expect(backlog.nextLane()).toBe("single");
  expect(ids(backlog.take(3))).toEqual(["s1", "s2", "c1"]);
  expect(backlog.nextLane()).toBe("campaign");
  expect(ids(backlog.take(10))).toEqual(["c2"]);
  expect(backlog.nextLane()).toBeNull();
});

test("nothing is lost or repeated over thousands of entries", () => {
  const backlog = createBacklog();
  const taken: string[] = [];
  for (let n = 0; n < 5_000; n += 1) {
    backlog.add([entry(String(n), "campaign")]);
    if (n % 3 === 0) taken.push(...ids(backlog.take(2)));
  }
  taken.push(...ids(backlog.take(Number.MAX_SAFE_INTEGER)));

  expect(taken).toEqual(Array.from({ length: 5_000 }, (_, n) => String(n)));
  expect(backlog.size).toBe(0);
});

test("who waits is woken by what comes, and by a poke", async () => {
  const backlog = createBacklog();
  const first = backlog.waiting();
  backlog.add([entry("s1", "single")]);
  await first;
  backlog.take(1);
  const second = backlog.waiting();
  backlog.poke();
  await second;
  expect(backlog.size).toBe(0);
});
