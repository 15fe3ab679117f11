import { messageHistory } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { expect, test, vi } from "vitest";
import { fateOf, numberOf, startSensSystem } from "./system.ts";

vi.setConfig({ testTimeout: 120_000 });

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => numberOf(from + n));

test("requests that were taken and never answered are looked up, and nobody gets a message twice", async () => {
  await using system = await startSensSystem({
    simulator: { modes: { resetAfterStore: 0.3, serverErrorAfterStore: 0.2 } },
  });
  await system.start("worker");
  await system.start("poller");
  const campaignId = await system.campaign(numbers(2_000));

  await system.reached(campaignId, { delivered: 2_000 });

  const { messages, duplicates, answers } = system.simulator.metrics();
  expect(answers).toMatchObject({ cut: expect.any(Number), 500: expect.any(Number) });
  expect(messages.total).toBe(2_000);
  expect(duplicates.count).toBe(0);
});

test("requests that were cut off unread are proven missing and sent again, once", async () => {
  await using system = await startSensSystem({ simulator: { modes: { resetBeforeStore: 0.4 } } });
  await system.start("worker");
  await system.start("poller");
  const campaignId = await system.campaign(numbers(1_500));
  await waitFor(() => (system.simulator.metrics().answers.cut ?? 0) >= 3, { what: "requests to be cut off" });
  system.simulator.setModes({ resetBeforeStore: 0 });

  await system.reached(campaignId, { delivered: 1_500 });

  expect(system.simulator.metrics()).toMatchObject({ messages: { total: 1_500 }, duplicates: { count: 0 } });
  const again = (await system.messages(campaignId)).find(({ attempts }) => attempts > 1);
  const history = await messageHistory(system.ledger.sql, { id: again?.id ?? "" });
  const attempts = history.flatMap(({ what, detail }) => (what === "attempt" ? (detail ?? "") : []));
  expect(attempts).toEqual([expect.stringContaining("unknown"), expect.stringContaining("missing")]);
});

test("a worker that is killed leaves nothing lost and nothing doubled", async () => {
  await using system = await startSensSystem({
    limits: { tps: 20, concurrency: 10 },
    simulator: { modes: { answerDelayMs: 300 } },
  });
  const victim = await system.start("worker");
  await system.start("poller");
  const campaignId = await system.campaign(numbers(3_000));
  await waitFor(() => system.simulator.metrics().sends > 5, { what: "requests to be in flight" });

  await victim.kill("SIGKILL");
  await system.start("worker");

  await system.reached(campaignId, { delivered: 3_000 });
  expect(system.simulator.metrics()).toMatchObject({ messages: { total: 3_000 }, duplicates: { count: 0 } });
});

test("two messages to one person, of one text, are each found under an id of their own", async () => {
  await using system = await startSensSystem({ simulator: { modes: { resetAfterStore: 1 } } });
  await system.start("worker");
  const one = await system.single(numberOf(1));
  const other = await system.single(numberOf(1));
  await waitFor(() => system.simulator.metrics().messages.total === 2, { what: "both to be taken" });
  system.simulator.setModes({ resetAfterStore: 0 });
  await system.start("poller");

  const { sql } = system.ledger;
  const ids = () => sql<{ providerMessageId: string }[]>`
    select provider_message_id from message where id in (${one}, ${other}) and state in ('accepted', 'delivered')`;
  await waitFor(async () => (await ids()).length === 2, { what: "both to be found", timeoutMs: 20_000 });

  const taken = system.simulator.messages().map(({ messageId }) => messageId);
  expect((await ids()).map(({ providerMessageId }) => providerMessageId).sort()).toEqual(taken.sort());
});

test("a request that is taken and answered 500, 503 or 504 each time is found, not sent again", async () => {
  await using system = await startSensSystem();
  await system.start("worker");
  await system.start("poller");
  const campaignId = await system.campaign([...numbers(150), fateOf("0500"), fateOf("0503"), fateOf("0504")]);

  await system.reached(campaignId, { delivered: 153 });

  expect(system.simulator.metrics()).toMatchObject({ messages: { total: 153 }, duplicates: { count: 0 } });
});

test("a day's quota that is used up holds the route and harms no message; it goes on by itself", async () => {
  await using system = await startSensSystem({
    simulator: { modes: { dailyQuota: 200 } },
    config: { hold: { probeEvery: "1s" } },
  });
  await system.start("worker");
  const campaignId = await system.campaign(numbers(500));
  await waitFor(() => (system.simulator.metrics().answers[429] ?? 0) > 0, { what: "the quota to be used up" });
  system.simulator.setModes({ dailyQuota: null });

  await system.reached(campaignId, { accepted: 500 });

  expect(system.simulator.metrics().duplicates.count).toBe(0);
});
