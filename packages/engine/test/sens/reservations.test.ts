import { parseConfig } from "@hikyaku/config";
import { findCampaign, listAudit } from "@hikyaku/ledger";
import { findProvider, routeSchemas } from "@hikyaku/providers";
import { connectRedis } from "@hikyaku/queue";
import { createRedis, waitFor } from "@hikyaku/testkit";
import { expect, test, vi } from "vitest";
import { openQuestions } from "../../src/index.ts";
import { numberOf, route, type SensSystem, startSensSystem } from "./system.ts";

vi.setConfig({ testTimeout: 120_000 });

const signal = new AbortController().signal;
const hourMs = 3_600_000;
const numbers = (count: number) => Array.from({ length: count }, (_, n) => numberOf(n));
/** In Korean time, as SENS takes it. */
const reserveTimeOf = (at: Date) => new Date(at.getTime() + 9 * hourMs).toISOString().slice(0, 16).replace("T", " ");
const inHours = (hours: number) => ({ time: reserveTimeOf(new Date(Date.now() + hours * hourMs)) });

const accountOf = ({ simulator }: SensSystem) => ({
  ...{ serviceId: simulator.alimtalkServiceId, plusFriendId: "@demo_shop", baseUrl: simulator.gatewayUrl },
  ...{ accessKey: "TestAccessKey", secretKey: "TestSecretKey" },
});

/** Questions over the system's route, as a console or a command line puts them. */
async function openAsking(system: SensSystem) {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await createRedis());
  const connections = connectRedis({ url: redis.url });
  stack.defer(() => connections.closeAll());
  const text = JSON.stringify({
    redisPrefix: redis.redisPrefix,
    routes: { [route]: { provider: "sens", ...accountOf(system), limits: { tps: null, concurrency: 10 } } },
  });
  const read = parseConfig({ text, file: null, env: {}, routeSchemas });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { config } = read;
  const onError = (error: unknown) => {
    throw error;
  };
  const asked = config.routes[route];
  if (!asked) throw new Error("no route");
  const questions = stack.use(
    await openQuestions({ config, findProvider, ledger: system.ledger, connections, onError }, asked),
  );
  return { questions, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test("a reservation is listed with the carrier's state, and cancelling it ends its messages as revoked", async () => {
  await using system = await startSensSystem();
  await system.start("worker");
  const campaignId = await system.campaign(numbers(250), { reserve: inHours(2) });
  await system.reached(campaignId, { accepted: 250 });
  await using asking = await openAsking(system);
  const { questions } = asking;

  const { items, next } = (await questions.reservations({ limit: 100, signal })) ?? { items: [] };
  expect(next).toBeNull();
  expect(items.length).toBeGreaterThanOrEqual(3);
  expect(items.reduce((sum, { messages }) => sum + messages, 0)).toBe(250);
  for (const item of items) {
    expect(item).toMatchObject({ state: "READY", cancelFault: null, campaigns: [{ id: campaignId, key: campaignId }] });
  }
  expect(await questions.reservations({ limit: 100, state: "DONE", signal })).toMatchObject({ items: [] });
  const [first, second, ...others] = items;
  const page = await questions.reservations({ limit: 1, after: first?.reserveId, signal });
  expect(page).toMatchObject({ items: [{ reserveId: second?.reserveId }], next: second?.reserveId });
  expect(await questions.reservations({ limit: 1, from: new Date(Date.now() + 3 * hourMs), signal })).toMatchObject({
    items: [],
  });

  const by = "cli:sato@desk";
  const { reserveId = "", messages = 0 } = first ?? {};
  expect(await questions.cancelReservation({ reserveId, by, signal })).toMatchObject({
    ...{ revoked: messages, wasCancelled: false, reservation: { state: "CANCELED" } },
  });
  expect(await questions.cancelReservation({ reserveId, by, signal })).toMatchObject({
    revoked: 0,
    wasCancelled: true,
  });
  await system.reached(campaignId, { revoked: messages, accepted: 250 - messages });
  const revoked = (await system.messages(campaignId)).find(({ state }) => state === "revoked");
  expect(revoked?.reason).toBe("its reservation was cancelled by cli:sato@desk");

  // Somebody cancels the others in the carrier's own console: the poller finds it out.
  for (const { reserveId: id } of others) system.simulator.cancelReservation(id);
  await system.start("poller");
  const left = second?.messages ?? 0;
  await system.reached(campaignId, { revoked: 250 - left, accepted: left });

  // The one that is left goes out, and is followed.
  system.simulator.advanceClock(2 * hourMs + 60_000);
  expect(await questions.cancelReservation({ reserveId: second?.reserveId ?? "", by, signal }).catch(String)).toMatch(
    /only one that is waiting/,
  );
  expect(system.simulator.metrics().messages.total).toBe(left);
});

test("what is cancelled in the carrier's own console ends its messages before their time, over any number of processes", async () => {
  await using system = await startSensSystem();
  const { sql } = system.ledger;
  await system.start("worker");
  const campaignId = await system.campaign(numbers(250), { reserve: inHours(30) });
  await system.reached(campaignId, { accepted: 250 });
  // As hours later: each was looked up once since, and is not asked about before its time.
  await sql`update message set next_check_at = now() + interval '30 hours' where next_check_at is not null`;
  const [first, ...others] = await sql<{ reserveId: string; messages: number }[]>`
    select reserve_id, count(*)::integer as messages from reservation join message on provider_order_id = reserve_id
    group by reserve_id`;
  const pollers = [await system.start("poller"), await system.start("poller")];
  const { reserveId = "", messages = 0 } = first ?? {};
  expect(system.simulator.cancelReservation(reserveId)).toBeUndefined();
  const asked = () => system.simulator.requests().filter(({ target }) => target.endsWith("/reserve-status")).length;
  const before = asked();
  await sql`update reservation set check_at = now()`;

  await system.reached(campaignId, { revoked: messages, accepted: 250 - messages }, 20_000);

  await waitFor(
    async () => (await sql`select from reservation where check_at < now() + interval '50 minutes'`).length === 0,
    { what: "every reservation to be asked about" },
  );
  expect(asked() - before).toBe(1 + others.length);
  expect(await sql`select from reservation where check_at is null`).toHaveLength(1);
  const revoked = (await system.messages(campaignId)).filter(({ state }) => state === "revoked");
  expect(new Set(revoked.map(({ reason }) => reason))).toEqual(
    new Set(["its reservation was cancelled at the carrier"]),
  );
  expect(await listAudit(sql, { limit: 9 })).toEqual([]);
  const told = () =>
    pollers.flatMap(({ stdout }) => stdout.match(/"msg":"a reservation was cancelled at the carrier"/g) ?? []);
  await waitFor(async () => told().length === 1, { what: "one line of the log" });
});

test("a campaign whose reservations are all cancelled is finished", async () => {
  await using system = await startSensSystem();
  await system.start("worker");
  const campaignId = await system.campaign(numbers(20), { reserve: inHours(2) });
  await system.reached(campaignId, { accepted: 20 });
  await using asking = await openAsking(system);
  const page = await asking.questions.reservations({ limit: 10, signal });
  for (const { reserveId } of page?.items ?? []) {
    await asking.questions.cancelReservation({ reserveId, by: "cli:sato@desk", signal });
  }
  await waitFor(async () => (await findCampaign(system.ledger.sql, { id: campaignId }))?.state === "finished", {
    what: "the campaign to finish",
  });
});

test("what lies outside its window, or too near, is not handed to the carrier", async () => {
  await using system = await startSensSystem();
  await system.start("worker");
  const at = new Date(Date.now() + 26 * hourMs);
  const [hour = ""] = reserveTimeOf(at).slice(11).split(":");
  const shutThen = { from: `${hour}:59`, to: `${hour}:58`, timeZone: "Asia/Seoul" };
  const nowInside = {
    ...shutThen,
    from: reserveTimeOf(new Date(Date.now() - 60_000)).slice(11),
    to: hour === "00" ? "24:00" : `${hour}:00`,
  };
  const outside = await system.campaign(numbers(5), {
    reserve: { time: reserveTimeOf(at) },
    deliveryWindow: nowInside,
  });
  const near = await system.campaign(numbers(5), { reserve: inHours(0.1) });
  await system.reached(outside, { rejected: 5 });
  await system.reached(near, { rejected: 5 });
  const reasons = await Promise.all(
    [outside, near].map(async (id) => (await system.messages(id)).map(({ reason }) => reason)),
  );
  expect(new Set(reasons[0])).toEqual(new Set([expect.stringMatching(/content\.reserve\.time: .* is outside /)]));
  expect(new Set(reasons[1])).toEqual(
    new Set([expect.stringMatching(/content\.reserve\.time: .*less than 10 minutes/)]),
  );
  expect(system.simulator.metrics().sends).toBe(0);
});
