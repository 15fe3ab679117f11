import { endRun, newId } from "@hikyaku/ledger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
let cookie: string;
beforeAll(async () => {
  site = await startTestConsole();
  cookie = await site.signIn();
});
afterAll(() => site[Symbol.asyncDispose]());

const body = {
  ...{
    code: "friday",
    description: "<会員>",
    weekdays: [5],
    at: "10:00",
    from: "2036-12-01",
    until: "2037-05-31",
    route,
  },
  text: "#{name}様、今週のクーポンです",
  class: "transactional",
};

test("the API makes, fills, changes, lists and deletes a schedule", async () => {
  const made = await site.call("POST", "/v1/schedules", { body });
  expect(made.statusCode).toBe(201);
  expect(made.headers.location).toBe("/v1/schedules/friday");
  expect(made.json()).toMatchObject({ state: "no-recipients", nextRuns: [], timeZone: "Asia/Tokyo", lastRun: null });
  expect((await site.call("POST", "/v1/schedules", { body })).json()).toMatchObject({
    status: 409,
    type: "/problems/schedule-conflict",
  });

  const filled = await site.call("PUT", "/v1/schedules/friday/recipients", {
    body: [
      { to: "090-3333-4444", name: "佐藤" },
      { to: "03-1234-5678", name: "x" },
    ],
  });
  expect(filled.json()).toMatchObject({
    schedule: {
      state: "active",
      recipients: 1,
      nextRuns: [{ day: "2036-12-05", at: "2036-12-05T01:00:00.000Z" }, {}, {}, {}, {}],
    },
    preview: { recipients: 1, rejected: 1, rejections: [{ line: 2, code: "not-mobile" }] },
  });

  const changed = await site.call("PATCH", "/v1/schedules/friday", { body: { weekdays: null, window: "09:00-20:00" } });
  expect(changed.json()).toMatchObject({
    schedule: { nextRuns: [{ day: "2036-12-01" }, {}, {}, {}, {}] },
    preview: { recipients: 1 },
  });
  const refused = await site.call("PATCH", "/v1/schedules/friday", { body: { at: "25:00", text: "#{" } });
  expect(refused.json()).toMatchObject({ status: 400, errors: [{ pointer: "#/at" }] });
  const unfit = await site.call("PATCH", "/v1/schedules/friday", { body: { text: "#{" } });
  expect(unfit.json()).toMatchObject({ status: 422, type: "/problems/invalid-content" });

  expect((await site.call("GET", "/v1/schedules")).json()).toMatchObject({
    items: [{ code: "friday" }],
    nextCursor: null,
  });
  expect((await site.call("GET", "/v1/schedules/friday?next=2")).json().nextRuns).toHaveLength(2);
  expect((await site.call("GET", "/v1/schedules/none")).json()).toMatchObject({
    status: 404,
    type: "/problems/schedule-not-found",
  });
  expect((await site.call("DELETE", "/v1/schedules/friday")).statusCode).toBe(204);
  expect((await site.call("GET", "/v1/schedules/friday/runs")).statusCode).toBe(404);
});

test("the pages show what is due and what became of it, pause, resume, and delete only by the code", async () => {
  const { sql } = site.ledger;
  await site.call("POST", "/v1/schedules", { body });
  await site.call("PUT", "/v1/schedules/friday/recipients", { body: [{ to: "090-3333-4444", name: "佐藤" }] });
  for (const day of ["2036-12-05", "2036-12-12", "2036-12-19"]) {
    await sql`
      insert into schedule_run (schedule_id, day, due_at, state, campaign_key)
      select id, ${day}, '2036-12-05 10:00+09', 'importing', ${`friday/${day}`} from schedule`;
  }
  const [schedule] = await sql<{ id: string }[]>`select id from schedule`;
  const scheduleId = schedule?.id ?? "";
  await endRun(sql, { scheduleId, day: "2036-12-05", state: "started", campaignId: newId(), recipients: 1_234 });
  await endRun(sql, { scheduleId, day: "2036-12-12", state: "failed", reason: "the route <is> gone" });

  const get = async (path: string) => (await site.browse(path, { cookie })).body;
  expect(await get("/schedules")).toMatch(/href="\/schedules\/friday">friday<.*&lt;会員&gt;.*Fri 10:00 Asia\/Tokyo/s);
  const page = await get("/schedules/friday");
  expect(page).toContain("the route &lt;is&gt; gone");
  expect(page).toContain('href="/campaigns/friday%2F2036-12-05"');
  expect(page).toContain("1,234");
  const runs = (await site.call("GET", "/v1/schedules/friday/runs?limit=2")).json();
  expect(runs.items.map(({ state }: { state: string }) => state)).toEqual(["importing", "failed"]);
  const rest = (await site.call("GET", `/v1/schedules/friday/runs?limit=2&cursor=${runs.nextCursor}`)).json();
  expect(rest).toMatchObject({ items: [{ day: "2036-12-05", recipients: 1_234 }], nextCursor: null });

  const post = async (path: string, form: Record<string, string>) => await site.browse(path, { cookie, form });
  expect((await post("/schedules/friday/pause", {})).headers.location).toBe("/schedules/friday?notice=paused");
  expect(await get("/schedules/friday?notice=paused")).toContain("Nothing is due until it is resumed");
  await post("/schedules/friday/resume", {});
  expect(await get("/schedules/friday")).toContain(">active<");
  expect(await get("/schedules/friday/delete")).toContain("Type its code");
  expect((await post("/schedules/friday/delete", { code: "fri" })).statusCode).toBe(400);
  expect((await post("/schedules/friday/delete", { code: "friday" })).statusCode).toBe(409);
  await endRun(sql, { scheduleId, day: "2036-12-19", state: "started" });
  expect((await post("/schedules/friday/delete", { code: "friday" })).headers.location).toBe(
    "/schedules?notice=deleted",
  );
  expect(await get("/schedules?notice=deleted")).toContain("No schedule.");
});
