import { waitFor } from "@hikyaku/testkit";
import { expect, test, vi } from "vitest";
import { fateOf, numberOf, startSensSystem } from "./system.ts";

vi.setConfig({ testTimeout: 120_000 });

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => numberOf(from + n));

test("a campaign goes out in requests of a hundred, at the pace of requests", async () => {
  await using system = await startSensSystem({ limits: { tps: 20, concurrency: 5 } });
  await system.start("worker");
  const campaignId = await system.campaign(numbers(3_000));

  await system.reached(campaignId, { accepted: 3_000 });

  const { sends, worstSecond, messages, duplicates } = system.simulator.metrics();
  expect(messages.total).toBe(3_000);
  expect(duplicates.count).toBe(0);
  // 30 and one: the first few go ahead alone, to see whether the gateway takes the campaign at all.
  expect(sends).toBeLessThanOrEqual(33);
  expect(worstSecond).toBeLessThanOrEqual(21);
});

test("campaigns of one template share requests, and those of small ones are not left behind", async () => {
  await using system = await startSensSystem({ limits: { tps: 10, concurrency: 5 } });
  const large = await system.campaign(numbers(2_000));
  const small = await Promise.all([0, 1, 2].map((n) => system.campaign(numbers(10, 5_000 + 10 * n))));
  await system.start("worker");

  for (const campaignId of small) await system.reached(campaignId, { accepted: 10 });
  const { sends } = system.simulator.metrics();
  await system.reached(large, { accepted: 2_000 });

  expect(sends).toBeLessThan(21);
  expect(system.simulator.metrics().sends).toBeLessThanOrEqual(25);
});

test("each recipient's own answer decides its message", async () => {
  await using system = await startSensSystem();
  await system.start("worker");
  const refused = [1, 2, 3].map((n) => fateOf("9900", n));
  const campaignId = await system.campaign([...numbers(120), ...refused, ...numbers(50, 200)]);

  await system.reached(campaignId, { accepted: 170, rejected: 3 });

  const rejected = (await system.messages(campaignId)).filter(({ state }) => state === "rejected");
  expect(rejected.map(({ recipient }) => recipient).sort()).toEqual(refused);
  expect(rejected[0]?.reason).toContain("A999");
});

test("a lone single message goes out at once, while a campaign takes all requests there are", async () => {
  await using system = await startSensSystem({ limits: { tps: 5, concurrency: 5 } });
  await system.start("worker");
  const campaignId = await system.campaign(numbers(2_500));
  await waitFor(() => system.simulator.metrics().sends > 4, { what: "the campaign to be under way" });
  await system.single("+821012342222");

  await waitFor(() => system.simulator.messages({ to: "01012342222" }).length > 0, { what: "the single message" });

  // Without a request of its own it would have come last.
  expect(system.simulator.metrics().messages.total).toBeLessThan(2_000);
  await system.reached(campaignId, { accepted: 2_500 });
});
