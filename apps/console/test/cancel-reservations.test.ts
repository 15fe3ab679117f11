import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  appendRows,
  beginImport,
  claimBatch,
  createCampaign,
  finishImport,
  newId,
  publishRoutes,
  recordOutcomes,
  startCampaign,
} from "@hikyaku/ledger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestConsole, type TestConsole } from "./start-test-console.ts";

const stack = new AsyncDisposableStack();
/** A minute, as the carrier's reservations are for. */
const reservedAt = new Date(Math.ceil(Date.now() / 60_000 + 60) * 60_000);
const cancellableUntil = new Date(reservedAt.getTime() - 10 * 60_000);
/** The carrier's reservations and their words. */
const reservations = new Map<string, string>();
let isAway = false;
let asked = 0;
let site: TestConsole;

beforeAll(async () => {
  const gateway = createServer((request, response) => {
    asked += 1;
    const reserveId = request.url?.match(/\/reservations\/(\w+)/)?.[1] ?? "";
    const reserveStatus = reservations.get(reserveId);
    if (isAway) response.writeHead(500).end();
    else if (reserveStatus === undefined) response.writeHead(404).end();
    else if (request.method === "DELETE") {
      reservations.set(reserveId, "CANCELED");
      response.writeHead(204).end();
    } else {
      const reserveTime = reservedAt.toISOString();
      response.end(JSON.stringify({ reserveId, reserveTimeZone: "Asia/Seoul", reserveTime, reserveStatus }));
    }
  }).listen(0, "127.0.0.1");
  await once(gateway, "listening");
  stack.defer(async () => {
    gateway.closeAllConnections();
    await new Promise((resolve) => gateway.close(resolve));
  });
  const kakao = {
    ...{
      provider: "sens",
      serviceId: "ncp:kkobizmsg:kr:1:shop",
      plusFriendId: "@shop",
      accessKey: "k",
      secretKey: "s",
    },
    baseUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
  };
  site = stack.use(await startTestConsole({ config: { routes: { kakao } } }));
  await publishRoutes(site.ledger.sql, [{ name: "kakao", provider: "sens", settings: { plusFriendId: "@shop" } }]);
});
afterAll(() => stack.disposeAsync());

/** A running campaign, some of whose messages the carrier holds in each of these reservations, and one that was not sent. */
async function reserved(key: string, held: Record<string, { messages: number; state?: string }>): Promise<string> {
  const { sql } = site.ledger;
  const campaignId = newId();
  const seoul = new Date(reservedAt.getTime() + 9 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
  const content = { templateCode: "NOTICE01", text: "알림", failover: false, reserve: { time: seoul } };
  const hash = Buffer.from("hash");
  await createCampaign(sql, {
    ...{ id: campaignId, key, name: key, route: "kakao", content, variables: [], requestHash: hash },
  });
  await beginImport(sql, { campaignId });
  const requests = Object.entries(held).flatMap(([id, { messages }]) => Array<string>(messages).fill(id));
  const rows = [...requests, null].map((_, index) => ({
    ...{ id: newId(), recipient: `+8210${10_000_000 + index}`, line: index + 1, segments: 1, vars: [] },
  }));
  const progress = { rows: rows.length, digest: hash, rejected: 0, duplicates: 0 };
  await appendRows(sql, { campaignId, route: "kakao", round: 1, rows, progress });
  await finishImport(sql, { campaignId, rejectedRows: 0, digest: hash });
  await startCampaign(sql, { campaignId });
  const [claim, worker] = [newId(), newId()];
  const ids = rows.slice(0, -1).map(({ id }) => id);
  await claimBatch(sql, { ids, claim, worker, route: "kakao", probe: false });
  const results = ids.map((id, index) => ({
    ...({ id, claim, to: "accepted", outcome: "accepted", reservedAt } as const),
    providerOrderId: requests[index] ?? null,
  }));
  await recordOutcomes(sql, { worker, results });
  for (const [id, { state = "READY" }] of Object.entries(held)) reservations.set(id, state);
  return campaignId;
}

const cancel = async (key: string, body?: unknown) =>
  (await site.call("POST", `/v1/campaigns/${key}/cancel`, { body })).json();

test("a campaign's cancel tells what the carrier holds without asking it, and takes it back when that is asked for", async () => {
  const campaignId = await reserved("many", {
    A1: { messages: 2 },
    A2: { messages: 1 },
    A3: { messages: 1, state: "PROCESSING" },
  });
  isAway = true;
  const { body } = await site.browse(`/campaigns/${campaignId}/cancel`, { cookie: await site.signIn() });
  expect(body).toMatch(/The carrier holds 4 messages<.*campaign cancel many --reservations</s);
  const numbers = { sent: 4, inFlight: 0, stopped: 1 };
  const held = { messages: 4, reservedAt: reservedAt.toISOString(), cancellableUntil: cancellableUntil.toISOString() };
  expect(await cancel("many")).toMatchObject({ ...numbers, reserved: held, reservations: null });
  expect(asked).toBe(0);

  expect(await cancel("many", { reservations: true })).toMatchObject({
    ...{ ...numbers, reserved: held, campaign: { state: "cancelled" } },
    reservations: { cancelled: 0, revoked: 0, left: [], fault: expect.stringContaining("HTTP 500") },
  });

  isAway = false;
  expect(await cancel("many", { reservations: true })).toMatchObject({
    ...{ ...numbers, reserved: held, campaign: { counts: { revoked: 3, accepted: 1 } } },
    reservations: {
      ...{ cancelled: 2, revoked: 3, fault: null },
      left: [{ reserveId: "A3", messages: 1, fault: expect.stringContaining("only one that is waiting (READY)") }],
    },
  });
  expect([...reservations.values()]).toEqual(["CANCELED", "CANCELED", "PROCESSING"]);
  const { items } = (await site.call("GET", `/v1/audit?campaignId=${campaignId}`)).json();
  expect(items.map(({ actor, details }: { actor: string; details: unknown }) => ({ actor, details }))).toEqual(
    expect.arrayContaining([
      { actor: "api-key:test", details: { reserveId: "A1", messages: 2, wasCancelled: false } },
      { actor: "api-key:test", details: { reserveId: "A2", messages: 1, wasCancelled: false } },
    ]),
  );
  expect(await cancel("many", { reservations: true })).toMatchObject({
    reserved: { messages: 1 },
    reservations: { cancelled: 0, revoked: 0, left: [{ reserveId: "A3" }] },
  });
});

test("a campaign of which the carrier holds nothing has nothing to take back, and nobody is asked", async () => {
  await reserved("none", {});
  const before = asked;
  expect(await cancel("none", { reservations: true })).toMatchObject({
    ...{ sent: 0, stopped: 1, reserved: { messages: 0 } },
    reservations: { cancelled: 0, revoked: 0, left: [], fault: null },
  });
  expect(asked).toBe(before);
});

test("a held route keeps no campaign from being cancelled", async () => {
  await reserved("held", { B1: { messages: 1 } });
  const hold = await site.call("POST", "/v1/routes/kakao/hold", { body: { reason: "maintenance" } });
  expect(hold.statusCode, hold.body).toBe(200);
  expect(await cancel("held", { reservations: true })).toMatchObject({
    ...{ sent: 1, stopped: 1, campaign: { state: "cancelled" } },
    reservations: { cancelled: 0, revoked: 0, left: [], fault: expect.stringContaining("maintenance") },
  });
  expect(reservations.get("B1")).toBe("READY");
});
