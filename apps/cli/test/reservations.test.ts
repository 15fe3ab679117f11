import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "@hikyaku/ledger";
import { type SensSimulator, startSensSimulator } from "@hikyaku/simulator";
import { createDatabase, createRedis, spawnNode, waitFor } from "@hikyaku/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hikyaku } from "./cli-world.ts";

const stack = new AsyncDisposableStack();
let cwd: string;
let simulator: SensSimulator;

/** A SENS account, a worker as a process of its own, and the command line beside them. */
beforeAll(async () => {
  const [database, redis] = await Promise.all([createDatabase(), createRedis()]);
  stack.use(database);
  stack.use(redis);
  simulator = stack.use(await startSensSimulator({ strict: true }));
  cwd = await mkdtemp(join(tmpdir(), "hikyaku-cli-reservations-"));
  stack.defer(() => rm(cwd, { recursive: true }));
  await migrate(database.url);
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
  expect(await send(seoul(60))).toMatchObject({ code: 0 });
  const listed = async (...argv: string[]) =>
    JSON.parse((await run("reservation", "list", "--route", "kakao", "--json", ...argv)).out).items;
  await waitFor(async () => (await listed()).length === 1, { what: "the reservation" });
  const [{ reserveId: id }] = await listed();

  expect(await listed("--state", "ready", "--to", "2h")).toMatchObject([{ state: "READY", messages: 1 }]);
  expect(await listed("--to", "30m")).toEqual([]);
  expect(await listed("--state", "DONE")).toEqual([]);
  expect((await run("reservation", "list", "--route", "kakao")).out).toMatch(/READY, waiting +1 +– +\S+\n/);
  expect(await run("reservation", "list", "--route", "kakao", "--state", "soon")).toMatchObject({
    ...{ code: 2, err: expect.stringContaining("READY, PROCESSING, CANCELED") },
  });
  expect((await run("reservation", "show", id)).out).toMatch(/cancel +possible/);
  expect((await run("reservation", "show", "none")).err).toMatch(/No reservation of ours is called none/);
  expect((await run("reservation", "show", "none", "--route", "kakao")).err).toMatch(/has no reservation none/);

  const cancel = ["reservation", "cancel", id];
  expect((await run(...cancel)).err).toMatch(/Nobody is there to be asked; nothing was cancelled/);
  expect((await hikyaku(cancel, { cwd, answer: "no" })).err).toMatch(/Nothing was cancelled/);
  expect(await listed("--state", "READY")).toHaveLength(1);
  expect((await hikyaku(cancel, { cwd, answer: "yes" })).out).toMatch(/is cancelled; 1 message ended as revoked/);
  expect(JSON.parse((await run(...cancel, "--yes", "--json")).out)).toMatchObject({
    ...{ reserveId: id, route: "kakao", state: "CANCELED", revoked: 0, wasCancelled: true },
  });
});

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

test("a carrier without reservations says so", async () => {
  expect((await run("reservation", "list", "--route", "sms")).err).toMatch(/the carrier takes no reservations/);
  expect((await run("reservation", "show", "x", "--route", "sms")).err).toMatch(/the carrier takes no reservations/);
});
