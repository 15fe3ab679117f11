import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLedger, type Ledger, migrate } from "@hikyaku/ledger";
import { type SensSimulator, startSensSimulator } from "@hikyaku/simulator";
import { createDatabase, createRedis, spawnNode, waitFor } from "@hikyaku/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hikyaku } from "./cli-world.ts";

const stack = new AsyncDisposableStack();
let cwd: string;
let simulator: SensSimulator;
let ledger: Ledger;

/** A SENS account, a worker as a process of its own, and the command line beside them. */
beforeAll(async () => {
  const [database, redis] = await Promise.all([createDatabase(), createRedis()]);
  stack.use(database);
  stack.use(redis);
  simulator = stack.use(await startSensSimulator({ strict: true }));
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-cli-reservations-"));
  stack.defer(() => rm(cwd, { recursive: true }));
  await migrate(database.url);
  ledger = connectLedger(database.url, { max: 1 });
  stack.defer(() => ledger.close());
  const config = {
    ...{ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.redisPrefix },
    worker: { healthPort: 0 },
    routes: {
      kakao: {
        ...{ provider: "sens", baseUrl: simulator.gatewayUrl, serviceId: simulator.alimtalkServiceId },
        ...{ accessKey: "TestAccessKey", secretKey: "TestSecretKey", plusFriendId: "@demo_shop" },
      },
      sms: {
        ...{ provider: "kddi", baseUrl: "https://kddi.example/au", botId: "b", smsNumber: "0312345678" },
        ...{ basicAuth: { user: "u", password: "p" }, tokens: "smsonly" },
      },
    },
  };
  await writeFile(join(cwd, "hikyaku.yaml"), JSON.stringify(config));
  const entry = new URL("../../worker/src/main.ts", import.meta.url);
  const worker = stack.use(spawnNode(entry, { env: { HIKYAKU_CONFIG: join(cwd, "hikyaku.yaml") } }));
  await worker.ready(/"msg":"worker started"/);
}, 60_000);
afterAll(() => stack.disposeAsync());

const run = (...argv: string[]) => hikyaku(argv, { cwd });

/** In Korean time, so many minutes from now. */
const seoul = (minutes: number) =>
  new Date(Date.now() + minutes * 60_000 + 9 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");

async function send(time: string, ...more: string[]) {
  const content = {
    templateCode: "NOTICE01",
    text: "#{고객명}님, #{매장} 예약이 #{일시}에 확정되었습니다.",
    reserve: { time },
  };
  await writeFile(join(cwd, "content.json"), JSON.stringify(content));
  const values = ["고객명=손님", "매장=역삼점", "일시=3월 1일"].flatMap((value) => ["--var", value]);
  return await run(
    ...["message", "send", "--route", "kakao", "--to", "010-1234-5678", "--content-file", "content.json", ...values],
    ...more,
  );
}

test.each([
  [9, [], /content\.reserve\.time: .*less than 10 minutes/],
  [-5, [], /content\.reserve\.time: .*is past/],
  [180 * 1_440 + 5, [], /content\.reserve\.time: .*more than 180 days/],
  [60, ["--fallback-after", "1h", "--fallback-text", "x"], /content\.reserve: fallbackAfter counts from/],
  [60, ["--valid-for", "30m"], /content\.reserve\.time: .*not before the end of its validity/],
])("a reservation %i minutes ahead with %j is refused", async (minutes, more, fault) => {
  const { code, err } = await send(seoul(minutes), ...more);
  expect(err).toMatch(fault);
  expect(code).not.toBe(0);
});

test("what is reserved for a time outside its window is refused", async () => {
  const content = {
    templateCode: "NOTICE01",
    text: "알림",
    reserve: { time: `${seoul(2 * 1_440).slice(0, 10)} 23:30` },
  };
  await writeFile(join(cwd, "night.json"), JSON.stringify(content));
  await writeFile(join(cwd, "list.csv"), "to\n010-1234-5678\n");
  const argv = ["campaign", "send", "list.csv", "--route", "kakao", "--class", "transactional", "--key", "night"];
  const { code, err } = await run(...argv, "--content-file", "night.json", "--window", "09:00-20:00 Asia/Seoul");
  expect([code, err]).toEqual([
    expect.any(Number),
    expect.stringMatching(
      /content\.reserve\.time: .* is outside 09:00-20:00 Asia\/Seoul.*; choose another time, from /,
    ),
  ]);
  expect(code).not.toBe(0);
});

test("a reservation is listed, shown, and cancelled after a question", async () => {
  const time = seoul(60);
  expect(await send(time)).toMatchObject({ code: 0 });
  const listed = async (...argv: string[]) =>
    JSON.parse((await run("reservation", "list", "--route", "kakao", "--json", ...argv)).out).items;
  await waitFor(async () => (await listed()).length === 1, { what: "the reservation" });
  const [{ reserveId: id }] = await listed();

  expect(await listed("--state", "ready", "--to", "2h")).toMatchObject([{ state: "READY", ended: null, messages: 1 }]);
  expect(await listed("--to", "30m")).toEqual([]);
  expect(await listed("--state", "DONE")).toEqual([]);
  expect((await run("reservation", "list", "--route", "kakao")).out).toMatch(/READY, waiting +1 +– +\S+\n/);
  expect(await run("reservation", "list", "--route", "kakao", "--state", "soon")).toMatchObject({
    ...{ code: 2, err: expect.stringContaining("READY, PROCESSING, CANCELED") },
  });
  const shown = (await run("reservation", "show", id)).out;
  expect(shown).toMatch(/cancel +possible/);
  expect(shown).toMatch(new RegExp(`reserved for +${time}:00 Asia/Seoul\n`));
  expect(shown).toMatch(/made +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)\n/);
  expect((await run("reservation", "show", "none")).err).toMatch(/No reservation of ours is called none/);
  expect((await run("reservation", "show", "none", "--route", "kakao")).err).toMatch(/has no reservation none/);

  const cancel = ["reservation", "cancel", id];
  expect((await run(...cancel)).err).toMatch(/Nobody is there to be asked; nothing was cancelled/);
  expect((await hikyaku(cancel, { cwd, answer: "no" })).err).toMatch(/Nothing was cancelled/);
  expect(await listed("--state", "READY")).toHaveLength(1);
  expect((await hikyaku(cancel, { cwd, answer: "yes" })).out).toMatch(/is cancelled; 1 message ended as revoked/);
  expect(JSON.parse((await run(...cancel, "--yes", "--json")).out)).toMatchObject({
    ...{ reserveId: id, route: "kakao", state: "CANCELED", ended: "cancelled", revoked: 0, wasCancelled: true },
  });
  const audit = ["audit", "list", "--action", "cancel-reservation"];
  expect(JSON.parse((await run(...audit, "--json")).out)).toMatchObject([
    {
      ...{ actor: expect.stringMatching(/^cli:/), route: "kakao", campaignId: null, messageId: expect.any(String) },
      details: { reserveId: id, messages: 1, wasCancelled: false },
    },
  ]);
  expect((await run(...audit)).out).toContain(`cancel-reservation: ${id} `);
});

/** Campaigns of one content, which may share their requests. */
async function reserved(minutes: number, campaigns: Record<string, number>) {
  const content = {
    templateCode: "NOTICE01",
    text: "#{고객명}님, #{매장} 예약이 #{일시}에 확정되었습니다.",
    reserve: { time: seoul(minutes) },
  };
  await writeFile(join(cwd, "reserved.json"), JSON.stringify(content));
  for (const [key, count] of Object.entries(campaigns)) {
    const rows = Array.from({ length: count }, (_, n) => `010-2222-${1_000 + n},손님${n},역삼점,3월 1일`);
    await writeFile(join(cwd, `${key}.csv`), `to,고객명,매장,일시\n${rows.join("\n")}\n`);
    const sent = await run(
      ...["campaign", "send", `${key}.csv`, "--route", "kakao", "--class", "transactional", "--key", key, "--yes"],
      ...["--content-file", "reserved.json", "--no-wait"],
    );
    expect(sent).toMatchObject({ code: 0 });
  }
  const list = async (key: string) =>
    JSON.parse((await run("reservation", "list", "--campaign", key, "--json")).out).items as {
      state: string;
      messages: number;
      campaigns: { key: string }[];
    }[];
  await waitFor(
    async () => {
      const found = await Promise.all(Object.keys(campaigns).map(list));
      const held = found.flat().reduce((sum, { messages, campaigns: of }) => sum + messages / of.length, 0);
      return held === Object.values(campaigns).reduce((sum, count) => sum + count, 0);
    },
    { what: "all to be reserved", timeoutMs: 30_000 },
  );
  return list;
}

test("all reservations of a campaign are cancelled, after a question", async () => {
  const list = await reserved(90, { many: 150 });
  const reservations = (await list("many")).length;
  expect(reservations).toBeGreaterThan(1);

  const cancel = ["reservation", "cancel", "--campaign", "many"];
  expect((await run(...cancel)).err).toMatch(/Nobody is there to be asked; nothing was cancelled/);
  expect(await hikyaku(cancel, { cwd, answer: "no" })).toMatchObject({
    ...{ code: 1, err: expect.stringContaining("Nothing was cancelled") },
  });
  expect((await list("many")).map(({ state }) => state)).not.toContain("CANCELED");
  expect(await hikyaku(cancel, { cwd, answer: "yes" })).toMatchObject({
    code: 0,
    out: `${reservations} reservations of many cancelled; 150 messages ended as revoked.\n`,
  });
  expect((await run(...cancel, "--yes")).out).toMatch(/holds no reservation of many that is still to come/);
  expect(await run("reservation", "cancel", "--yes")).toMatchObject({ code: 2 });
  expect(await run("reservation", "list")).toMatchObject({ code: 2 });
}, 60_000);

test("a campaign's cancel tells what the carrier holds, and takes it back when a person or the flag says so", async () => {
  const list = await reserved(95, { plain: 120 });
  const reservations = (await list("plain")).length;
  const states = async () => new Set((await list("plain")).map(({ state }) => state));
  const cancel = ["campaign", "cancel", "plain"];

  const told = await run(...cancel);
  expect(told).toMatchObject({ code: 0, err: "" });
  expect(told.out).toMatch(
    /Campaign plain is cancelled\.\n +sent +120\n +in flight +0\n +stopped +0\n +reserved +120 .*lets go of them until/,
  );
  expect(told.out).toMatch(/Take them back: hikyaku campaign cancel plain --reservations\n$/);
  expect(JSON.parse((await hikyaku([...cancel, "--json"], { cwd, answer: "yes" })).out)).toMatchObject({
    ...{ sent: 120, reservations: null },
    reserved: { messages: 120, reservedAt: expect.any(String), cancellableUntil: expect.any(String) },
  });
  for (const argv of [cancel, [...cancel, "--no-reservations"]]) {
    const { code, out } = await hikyaku(argv, { cwd, answer: argv === cancel ? "no" : "yes" });
    expect([code, out]).toEqual([0, expect.not.stringContaining("reservations of plain cancelled")]);
  }
  expect(await states()).toEqual(new Set(["READY"]));

  expect(await hikyaku(cancel, { cwd, answer: "yes" })).toMatchObject({
    code: 0,
    out: expect.stringContaining(`${reservations} reservations of plain cancelled; 120 messages ended as revoked.\n`),
  });
  expect(await states()).toEqual(new Set(["CANCELED"]));
  expect(JSON.parse((await run(...cancel, "--reservations", "--json")).out)).toMatchObject({
    ...{ sent: 120, reserved: { messages: 0 } },
  });
  expect(JSON.parse((await run("audit", "list", "--campaign", "plain", "--json")).out)).toHaveLength(reservations);
}, 60_000);

test("a reservation that holds messages of two campaigns is left when one of them is taken back", async () => {
  const list = await reserved(100, { one: 3, other: 2 });
  // A request is filled from whatever waits at that moment, which no test can rely on; the ledger says here that it was.
  await ledger.sql`
    update message set provider_order_id = (
      select provider_order_id from message join campaign on campaign.id = message.campaign_id where key = 'one' limit 1
    ) where campaign_id = (select id from campaign where key = 'other')`;
  expect(await list("one")).toMatchObject([{ messages: 5, campaigns: [{}, {}] }]);

  const { code, out } = await run("reservation", "cancel", "--campaign", "one", "--yes");

  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/1 reservation left as it was:\n .*: holds messages of other too; cancel it by its id/),
  ]);
  expect(await list("other")).toMatchObject([{ state: "READY", messages: 5 }]);
}, 60_000);

test("one that is about to go out is not cancelled", async () => {
  expect(await send(seoul(30))).toMatchObject({ code: 0 });
  const find = async () =>
    JSON.parse((await run("reservation", "list", "--route", "kakao", "--state", "READY", "--json")).out).items[0];
  await waitFor(async () => (await find()) !== undefined, { what: "the reservation" });
  const { reserveId } = await find();
  simulator.advanceClock(25 * 60_000);
  const { code, err } = await run("reservation", "cancel", reserveId, "--yes");
  expect([code, err]).toEqual([1, expect.stringMatching(/Nothing was cancelled: .*(in its last 10 minutes|HTTP 400)/)]);
});

test("what the carrier lets go of no more is named", async () => {
  const list = await reserved(60, { late: 3 });
  simulator.advanceClock(27 * 60_000);
  const { code, out } = await run("campaign", "cancel", "late", "--reservations");
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(
      /0 reservations of late cancelled; .*\n\d reservations? left as .*\n {2}RBAA-\S+: .*(in its last 10 minutes|HTTP 400)/,
    ),
  ]);
  expect(new Set((await list("late")).map(({ state }) => state))).toEqual(new Set(["READY"]));
  // By the clock of the machine, too.
  const time = seoul(6);
  await ledger.sql`update campaign set content = jsonb_set(content, '{reserve,time}', to_jsonb(${time}::text)) where key = 'late'`;
  const told = await hikyaku(["campaign", "cancel", "late"], { cwd, answer: "yes" });
  expect([told.code, told.out]).toEqual([0, expect.stringMatching(/reserved +3 .*it lets go of them no more\)\n$/)]);
}, 60_000);

test("a carrier without reservations says so", async () => {
  expect((await run("reservation", "list", "--route", "sms")).err).toMatch(/the carrier takes no reservations/);
  expect((await run("reservation", "show", "x", "--route", "sms")).err).toMatch(/the carrier takes no reservations/);
});
