import { campaignCounts, findCampaign, findRoute, listMessages } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { describe, expect, test } from "vitest";
import { magicNumber, plainNumber, startTestCampaign } from "../import-recipients.ts";
import { botId, route, startSystem } from "../start-system.ts";
import { waitForCounts, waitForState } from "../wait-for-campaign.ts";
import { gatewayMetrics, gatewayRecordOf, inboxOf, messageIn } from "./observe.ts";

/*
 * The least that must hold of what comes of an attempt (protocol notes §20, vectors 6 to 8 and 15), through real processes and the strict
 * simulator. The vectors about the wire alone (1 to 5, and every spelling of 15) stand in packages/kddi: acceptance.test.ts and
 * modes.test.ts; vector 16 in delivery-windows.test.ts and inbound.test.ts.
 */

const numbers = (count: number) => Array.from({ length: count }, (_, n) => plainNumber(n));
/** Nobody is told of anything: what is unknown stays so. */
const silent = { smsResultUrl: null, webhookUrl: null, moUrl: null };

describe("vector 6, an outcome that cannot be known", () => {
  test.each([
    [60, { responseTimeout: "1s" }, "answered only after we gave up"],
    [61, {}, "the socket closed without an answer"],
    [51, { ambiguousStatuses: [500] }, "a 500 that the route calls ambiguous"],
  ])(
    "%i: unknown, one message on the handset, nothing sent again",
    async (behaviour, routeConfig, _what) => {
      const retry = { base: "50ms", cap: "100ms" };
      await using system = await startSystem({ routeConfig: { retry, ...routeConfig } });
      await system.start("worker");
      const to = magicNumber(behaviour);
      const campaignId = await startTestCampaign(system, { recipients: [to], text: "飛脚です" });

      await waitForCounts(system, campaignId, ({ unknown }) => unknown === 1, { what: "the doubt" });
      // Whatever would be sent again goes out before these.
      const witness = await startTestCampaign(system, { recipients: numbers(20) });
      await waitForCounts(system, witness, ({ everAccepted }) => everAccepted === 20, { what: "the witness" });

      await waitFor(async () => (await inboxOf(system, to)).length > 0, { what: "the handset to have it" });
      expect(await inboxOf(system, to)).toEqual(["sms 飛脚です"]);
      expect((await gatewayRecordOf(system, to)).requests).toHaveLength(1);
      expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ unknown: 1, accepted: 0 });
    },
    60_000,
  );

  test("51 where the route does not call 500 ambiguous: tried again, as often as it says", async () => {
    const retry = { base: "50ms", cap: "100ms", maxAttempts: 3 };
    await using system = await startSystem({ routeConfig: { retry } });
    await system.start("worker");
    const to = magicNumber(51);
    await startTestCampaign(system, { recipients: [to], text: "飛脚です" });
    await waitFor(async () => (await gatewayRecordOf(system, to)).requests.length === 3, {
      what: "three attempts",
      timeoutMs: 20_000,
    });
    await messageIn(system, to, "failed");
  }, 60_000);
});

describe("vector 7, 503", () => {
  const paceOf = async (url: string) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^hikyaku_rate_per_second\{[^}]*\} (\S+)$/m.exec(text)?.[1]);
  };

  test("53: delivered once after two refusals, and the rate is lowered", async () => {
    await using system = await startSystem({ tps: 50 });
    await system.start("receiver");
    const { url } = await system.start("worker");
    const to = magicNumber(53);
    await startTestCampaign(system, { recipients: [to] });
    await waitFor(async () => (await paceOf(url)) < 50, { what: "a lower rate" });
    await messageIn(system, to, "delivered");
    expect((await gatewayRecordOf(system, to)).requests.map(({ answered }) => answered)).toEqual([503, 503, 202]);
    expect(await inboxOf(system, to)).toHaveLength(1);
  }, 60_000);

  test("a storm of 503: no message lost, none doubled", async () => {
    await using system = await startSystem({ tps: 200 });
    await system.start("receiver");
    await system.start("worker");
    await system.start("worker");
    await system.control("PUT", "/sim/faults", { statusRates: { "503": 0.2 } });
    const campaignId = await startTestCampaign(system, { recipients: numbers(120) });
    await waitForCounts(system, campaignId, ({ everAccepted }) => everAccepted >= 40, {
      ...{ what: "the storm to be under way", timeoutMs: 60_000 },
    });
    await system.control("PUT", "/sim/faults", {});

    await waitForState(system, campaignId, "finished", 60_000);
    expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ delivered: 120 });
    expect(await gatewayMetrics(system)).toMatchObject({ accepted: 120, duplicates: { count: 0 } });
  }, 150_000);
});

describe("vector 8, credentials and address", () => {
  test.each([
    [41, 401, "credentials"],
    [43, 403, "forbidden"],
  ])(
    "%i: the route is held after one message, and nothing is marked failed",
    async (behaviour, answered, cause) => {
      await using system = await startSystem({ concurrency: 1, config: { hold: { probeEvery: "1h" } } });
      await system.start("worker");
      const to = magicNumber(behaviour);
      const campaignId = await startTestCampaign(system, { recipients: [to, ...numbers(30)] });
      await waitFor(async () => (await findRoute(system.ledger.sql, route))?.heldCause === cause, { what: "the hold" });

      await waitForCounts(system, campaignId, ({ sending }) => sending === 0, { what: "nothing to be in flight" });
      expect((await gatewayRecordOf(system, to)).requests).toMatchObject([{ answered }]);
      const counts = await campaignCounts(system.ledger.sql, { campaignId });
      expect(counts).toMatchObject({ queued: 31, failed: 0, rejected: 0, unknown: 0, expired: 0 });
      expect(await findCampaign(system.ledger.sql, { id: campaignId })).toMatchObject({ state: "running" });
    },
    60_000,
  );
});

describe("vector 15, accepted, but the answer names no id", () => {
  test("62 and 63: an alarm each, taken as accepted, never sent again", async () => {
    await using system = await startSystem();
    await system.control("PUT", `/sim/accounts/${botId}`, silent);
    const worker = await system.start("worker");
    const recipients = [magicNumber(62), magicNumber(63)];
    const campaignId = await startTestCampaign(system, { recipients });
    await waitForState(system, campaignId, "dispatched");
    const witness = await startTestCampaign(system, { recipients: numbers(20) });
    await waitForCounts(system, witness, ({ everAccepted }) => everAccepted === 20, { what: "the witness" });

    for (const to of recipients) expect((await gatewayRecordOf(system, to)).requests).toHaveLength(1);
    const rows = await listMessages(system.ledger.sql, { campaignId, limit: 9 });
    expect(rows.map(({ state, providerMessageId }) => [state, providerMessageId])).toEqual([
      ["accepted", null],
      ["accepted", null],
    ]);
    const alarms = worker.stdout.split("\n").filter((line) => line.includes("accepted, but look at this"));
    expect(alarms.map((line) => (JSON.parse(line) as { messageId: string }).messageId).sort()).toEqual(
      rows.map(({ id }) => id).sort(),
    );
    for (const line of alarms) expect(line).toContain("without an id");
  }, 60_000);
});
