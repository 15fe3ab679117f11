import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { connectLedger } from "@hikyaku/ledger";
import { searchExportColumns } from "@hikyaku/views";
import { afterAll, beforeAll, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startTestConsole();
});
afterAll(() => site[Symbol.asyncDispose]());

const send = async (key: string, to: string): Promise<string> => {
  const headers = { "idempotency-key": key };
  return (
    await site.call("POST", "/v1/messages", { headers, body: { route, to, text: "認証番号は 123456 です" } })
  ).json().id;
};

test("CSV and JSON Lines tell the same of all that the filters find, and a formula stays text", async () => {
  const [first, second] = [await send("e1", "090-7777-0001"), await send("e2", "090-7777-0001")];
  await send("e3", "090-7777-0002");
  await site.ledger.sql`
    update message set state = 'rejected', ended_at = now(), reason = '=HYPERLINK("x")' where id = ${first}`;
  const url = "/v1/messages/export?to=090-7777-0001";

  const csv = await site.call("GET", url);
  const lines = await site.call("GET", `${url}&format=jsonl`);
  const rejected = await site.call("GET", `${url}&format=jsonl&state=rejected&request=refused`);

  expect(csv.headers).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="messages.csv"',
  });
  const [head, newer, older, ...rest] = csv.body.split("\r\n");
  expect(head).toBe(`\ufeff${searchExportColumns.join(",")}`);
  expect(newer).toContain(`,${route},,+819077770001,queued,,`);
  expect(older).toContain(`,rejected,"'=HYPERLINK(""x"")",`);
  expect(rest).toEqual([""]);
  expect(lines.headers["content-type"]).toBe("application/x-ndjson");
  const told = lines.body.trimEnd().split("\n");
  expect(told.map((line) => JSON.parse(line).id)).toEqual([second, first]);
  expect(Object.keys(JSON.parse(told[0] ?? ""))).toEqual(searchExportColumns);
  expect(JSON.parse(rejected.body)).toMatchObject({ id: first, reason: '=HYPERLINK("x")', to: "+819077770001" });
});

test("what finds nothing is a header alone, or nothing", async () => {
  const none = "/v1/messages/export?template=NOBODY";
  expect((await site.call("GET", none)).body).toBe(`\ufeff${searchExportColumns.join(",")}\r\n`);
  expect((await site.call("GET", `${none}&format=jsonl`)).body).toBe("");
});

test.each([
  ["a number that is none", "to=abc", 422, "invalid-number"],
  ["a campaign nobody has", "campaign=nobody", 404, "campaign-not-found"],
  ["another format", "format=xlsx", 400, "invalid-request"],
  ["a page", "limit=10", 400, "invalid-request"],
])("%s is refused before anything is exported", async (_what, query, status, problem) => {
  const response = await site.call("GET", `/v1/messages/export?${query}`);
  expect([response.statusCode, response.json().type]).toEqual([status, `/problems/${problem}`]);
});

test("without a key there is no export", async () => {
  expect((await site.app.inject("/v1/messages/export")).statusCode).toBe(401);
});

test("a reader that stands still holds up the reading: what it has not taken is read when it goes on", async () => {
  await using large = await startLarge();
  const answer = await open(`${await large.listen()}/v1/messages/export?format=jsonl`, large.key);
  await untilNothingIsRead(large);
  const { sql } = large.ledger;
  await sql`update message set reason = 'changed meanwhile' where id = (select id from message order by id limit 1)`;

  const lines = (await text(answer)).trimEnd().split("\n");
  expect(lines).toHaveLength(count);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ reason: "changed meanwhile" });
});

test("a console that stops leaves a visibly broken answer, not a shorter list", async () => {
  await using large = await startLarge();
  const answer = await open(`${await large.listen()}/v1/messages/export?format=jsonl`, large.key);
  await untilNothingIsRead(large);

  const stopped = large.app.close();
  const fault = await text(answer).catch((err) => err);
  await stopped;

  expect(fault).toMatchObject({ code: "ECONNRESET" });
  expect(large.logged).toContainEqual(expect.objectContaining({ msg: "an export of messages broke off" }));
});

test("a reader that goes away is no fault and leaves nothing open", async () => {
  await using large = await startLarge();
  const answer = await open(`${await large.listen()}/v1/messages/export`, large.key);
  answer.on("error", () => {});
  await untilNothingIsRead(large);

  answer.destroy();
  await large.app.close();

  expect(large.logged.map(({ msg }) => msg)).not.toContain("an export of messages broke off");
});

const count = 60_000;

/** A console whose ledger has more than the buffers between it and a reader can hold. */
async function startLarge(): Promise<TestConsole> {
  const large = await startTestConsole();
  await large.ledger.sql`
    insert into message (id, route, recipient, segments, content, state, ended_at, reason)
    select uuidv7(), ${route}, '+819077770004', 1, '{}', 'rejected', now(), repeat('x', 500)
    from generate_series(1, ${count}::int)`;
  return large;
}

function open(url: string, key: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { authorization: `Bearer ${key}` } }, resolve)
      .on("error", reject)
      .end();
  });
}

/** Resolves when the search has begun and no page was asked for since half a second. */
async function untilNothingIsRead({ databaseUrl }: TestConsole): Promise<void> {
  // By a connection of its own: on the console's, this question would hide the last one that the search asked.
  const watching = connectLedger(databaseUrl, { max: 1 });
  const isStill = async () => {
    const [row] = await watching.sql<{ still: boolean | null }[]>`
      select now() - max(query_start) > interval '500 milliseconds' as still from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and query like '%as candidate%'`;
    return row?.still ?? false;
  };
  await expect
    .poll(isStill, { timeout: 20_000 })
    .toBe(true)
    .finally(() => watching.close());
}
