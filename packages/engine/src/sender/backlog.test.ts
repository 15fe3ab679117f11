import { describe, expect, test } from "vitest";
import { type BacklogEntry, createBacklog } from "./backlog.ts";
import type { SendLane } from "./lane.ts";

const entry = (id: string, lane: SendLane, requestKey = ""): BacklogEntry => ({
  id,
  lane,
  windows: [],
  requestKey,
  settle: () => {},
});
const ids = (entries: readonly BacklogEntry[]) => entries.map(({ id }) => id);

test("single messages are taken before those of campaigns, each in the order they came", () => {
  const backlog = createBacklog({ recipientsPerRequest: 1 });
  backlog.add([entry("c1", "campaign"), entry("c2", "campaign")]);
  backlog.add([entry("s1", "single"), entry("s2", "single")]);

  expect(backlog.nextLane()).toBe("single");
  expect(ids(backlog.take(3))).toEqual(["s1", "s2", "c1"]);
  expect(backlog.nextLane()).toBe("campaign");
  expect(ids(backlog.take(10))).toEqual(["c2"]);
  expect(backlog.nextLane()).toBeNull();
});

test("nothing is lost or repeated over thousands of entries", () => {
  const backlog = createBacklog({ recipientsPerRequest: 1 });
  const taken: string[] = [];
  for (let n = 0; n < 5_000; n += 1) {
    backlog.add([entry(String(n), "campaign")]);
    if (n % 3 === 0) taken.push(...ids(backlog.take(2)));
  }
  taken.push(...ids(backlog.takeAll()));

  expect(taken).toEqual(Array.from({ length: 5_000 }, (_, n) => String(n)));
  expect(backlog.size).toBe(0);
});

test("who waits is woken by what comes, and by a poke", async () => {
  const backlog = createBacklog({ recipientsPerRequest: 1 });
  const first = backlog.waiting();
  backlog.add([entry("s1", "single")]);
  await first;
  backlog.take(1);
  const second = backlog.waiting();
  backlog.poke();
  await second;
  expect(backlog.size).toBe(0);
});

describe("where a request carries three recipients", () => {
  const gathering = (options: { gatherMs?: number; now?: () => number } = {}) =>
    createBacklog({ recipientsPerRequest: 3, ...options });
  const campaign = (key: string, count: number) =>
    Array.from({ length: count }, (_, n) => entry(`${key}${n + 1}`, "campaign", key));

  test("a permit takes messages of one key, and the keys take turns", () => {
    const backlog = gathering();
    backlog.add([...campaign("a", 7), ...campaign("b", 4)]);

    expect(backlog.requests).toBe(5);
    expect(ids(backlog.take(1))).toEqual(["a1", "a2", "a3"]);
    expect(ids(backlog.take(1))).toEqual(["b1", "b2", "b3"]);
    expect(ids(backlog.take(2))).toEqual(["a4", "a5", "a6", "b4"]);
    expect(ids(backlog.takeAll())).toEqual(["a7"]);
  });

  test("single messages go first, as many as the permits carry", () => {
    const backlog = gathering();
    backlog.add(campaign("a", 3));
    backlog.add([entry("s1", "single"), entry("s2", "single"), entry("s3", "single"), entry("s4", "single")]);
    expect(ids(backlog.take(1))).toEqual(["s1", "s2", "s3"]);
    expect(ids(backlog.take(2))).toEqual(["s4", "a1", "a2", "a3"]);
  });

  test("a full request goes at once, before one that waits for more", async () => {
    const backlog = gathering({ gatherMs: 60_000 });
    backlog.add([...campaign("a", 1), ...campaign("b", 3)]);
    await backlog.waiting();
    expect(ids(backlog.take(1))).toEqual(["b1", "b2", "b3"]);
    expect(backlog.size).toBe(1);
  });

  test("one that is not full waits until it is, or until its time is over", async () => {
    let clock = 0;
    const backlog = gathering({ gatherMs: 5, now: () => clock });
    const states: string[] = [];
    backlog.add(campaign("a", 1));
    const first = backlog.waiting().then(() => states.push("full"));
    await Promise.resolve();
    expect(states).toEqual([]);
    backlog.add(campaign("a", 2));
    await first;
    expect(ids(backlog.take(1))).toHaveLength(3);

    backlog.add(campaign("b", 1));
    const second = backlog.waiting();
    clock = 5;
    await second;
    expect(ids(backlog.take(1))).toEqual(["b1"]);
  });

  test("a single message never waits for others", async () => {
    const backlog = gathering({ gatherMs: 60_000 });
    backlog.add([...campaign("a", 1), entry("s1", "single")]);
    await backlog.waiting();
    expect(ids(backlog.take(1))).toEqual(["s1"]);
  });
});
