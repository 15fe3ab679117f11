import { randomUUID } from "node:crypto";
import {
  appendRows,
  beginImport,
  claimBatch,
  createCampaign,
  finishImport,
  newId,
  recordOutcomes,
  settleFallbacks,
  startCampaign,
} from "@hikyaku/ledger";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
let campaignId: string;
let first: string;
let second: string;
const plan = { afterMs: 4 * 3_600_000, onUnknown: false, onRejected: true, content: { text: "#{name}様、SMSです" } };

/** Two recipients; one card did not arrive and was followed by an SMS, the other still has its time. */
beforeAll(async () => {
  site = await startTestConsole();
  const { sql } = site.ledger;
  campaignId = newId();
  const campaign = {
    id: campaignId,
    key: "legs",
    name: "Legs",
    route,
    variables: ["name"],
    requestHash: Buffer.from("h"),
  };
  await createCampaign(sql, { ...campaign, content: { text: "#{name}様、カードです" }, fallback: plan });
  await beginImport(sql, { campaignId });
  const rows = ["山田", "佐藤"].map((name, index) => ({
    ...{ id: newId(), recipient: `+81901234567${index}`, line: index + 2, segments: 1, vars: [name] },
  }));
  const progress = { rows: 2, digest: Buffer.from("d"), rejected: 0, duplicates: 0 };
  await appendRows(sql, { campaignId, route, round: 1, rows, progress });
  await finishImport(sql, { campaignId, rejectedRows: 0, digest: progress.digest });
  await startCampaign(sql, { campaignId });
  const send = async (ids: string[], channel: string) => {
    const claim = randomUUID();
    await claimBatch(sql, { ids, claim, worker: randomUUID(), route });
    const accepted = { claim, to: "accepted", outcome: "accepted", channel } as const;
    const results = ids.map((id) => ({ id, providerMessageId: `c-${id}`, ...accepted }));
    await recordOutcomes(sql, { worker: randomUUID(), results });
  };
  const ids = rows.map(({ id }) => id);
  await send(ids, "rcs");
  first = ids[0] ?? "";
  await sql`update message set accepted_at = now() - interval '5 hours', fallback_at = now() - interval '1 hour' where id = ${first}`;
  const leg = { route, segments: 2, content: null, fault: null };
  const { begun } = await settleFallbacks(sql, [{ id: first, asked: "answered", contentChannel: null, second: leg }]);
  second = begun[0]?.id ?? "";
  await send([second], "sms");
  await sql`update message set state = 'delivered', delivered_at = now(), ended_at = now() where id = ${second}`;
});
afterAll(() => site[Symbol.asyncDispose]());

describe("the API", () => {
  test("shows a campaign with both legs, apart, and when the second follows", async () => {
    const shown = (await site.call("GET", `/v1/campaigns/${campaignId}`)).json();
    expect(shown).toMatchObject({
      fallback: { afterMs: 14_400_000, onUnknown: false, onRejected: true },
      counts: { total: 2, accepted: 2, delivered: 0 },
      secondLegs: { total: 1, delivered: 1, segmentsAccepted: 2 },
    });
    const [listed] = (await site.call("GET", "/v1/campaigns")).json().items;
    expect(listed).toEqual(shown);
  });

  test("reports by which leg recipients were reached", async () => {
    const report = (await site.call("GET", `/v1/campaigns/${campaignId}/report`)).json();
    expect(report).toMatchObject({
      segmentsAccepted: 4,
      campaign: { secondLegs: { delivered: 1 } },
      secondLegs: { counts: { delivered: 1 }, reached: { first: 0, second: 1, neither: 1, both: 0 } },
    });
  });

  test("shows a message with its other leg, from either, and lists them apart", async () => {
    const one = (await site.call("GET", `/v1/messages/${first}`)).json();
    expect(one).toMatchObject({
      leg: 1,
      firstLegId: null,
      fallbackAt: null,
      otherLeg: { id: second, state: "delivered" },
    });
    const two = (await site.call("GET", `/v1/messages/${second}`)).json();
    expect(two).toMatchObject({ leg: 2, firstLegId: first, otherLeg: { id: first, state: "accepted" } });
    const list = async (query: string) =>
      (await site.call("GET", `/v1/campaigns/${campaignId}/messages${query}`)).json().items;
    expect((await list("?leg=2")).map(({ id }: { id: string }) => id)).toEqual([second]);
    expect(await list("?leg=1")).toHaveLength(2);
    const [, waiting] = await list("?leg=1");
    expect(waiting).toMatchObject({ fallbackAfterMs: 14_400_000, fallbackAt: expect.any(String) });
    expect((await site.call("GET", `/v1/campaigns/${campaignId}/messages?leg=3`)).statusCode).toBe(400);
  });

  test("refuses what can't be followed, by the name of the field", async () => {
    const body = { route, text: "SMS", fallbackAfter: "4h" };
    const headers = { "idempotency-key": "nothing-follows" };
    const campaign = await site.call("POST", "/v1/campaigns", { headers, body });
    expect([campaign.statusCode, campaign.json().errors]).toEqual([
      400,
      [expect.objectContaining({ pointer: "#/fallbackAfter", detail: expect.stringContaining("can follow") })],
    ]);
    const message = { ...body, to: "090-1234-5678", fallbackAfter: "soon" };
    const single = await site.call("POST", "/v1/messages", { headers, body: message });
    expect([single.statusCode, single.json().errors[0].pointer]).toEqual([400, "#/fallbackAfter"]);
  });
});

describe("the pages", () => {
  const textOf = async (path: string) => {
    const cookie = await site.signIn();
    const response = await site.browse(path, { cookie });
    expect(response.statusCode).toBe(200);
    return response.body.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  };

  test("of a campaign has both legs, and why it still runs", async () => {
    const text = await textOf(`/campaigns/${campaignId}`);
    expect(text).toContain(
      "All have gone out. Whoever has not got the message 4 h after its acceptance gets the second leg",
    );
    expect(text).toContain("Second legs");
    expect(text).toMatch(/by the second 1, by neither or not yet 1/);
  });

  test("of a message has the way to the other leg, and each its own words", async () => {
    expect(await textOf(`/messages/${first}`)).toContain("first; the second is delivered");
    expect(await textOf(`/messages/${second}`)).toContain("second, follows the first, which is accepted");
    const cookie = await site.signIn();
    const shown = await site.browse(`/messages/${second}`, { cookie, form: {} });
    expect(shown.body).toContain("山田様、SMSです");
  });

  test("of the messages tells the leg, and shows one of them alone", async () => {
    expect(await textOf(`/campaigns/${campaignId}/messages`)).toContain("Leg");
    expect(await textOf(`/campaigns/${campaignId}/messages?leg=1`)).not.toContain(" delivered +");
  });
});
