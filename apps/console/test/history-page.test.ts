import { maskNumber } from "@hikyaku/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole } from "./start-test-console.ts";

/** Ahead of most others, so that its day is another one than UTC's for most of the time. */
const zone = "Pacific/Auckland";
let site: TestConsole;
let cookie: string;
beforeAll(async () => {
  site = await startTestConsole({ console: { timeZone: zone } });
  cookie = await site.signIn();
});
afterAll(() => site[Symbol.asyncDispose]());

async function send(key: string, to: string): Promise<string> {
  const headers = { "idempotency-key": key };
  const answer = await site.call("POST", "/v1/messages", {
    headers,
    body: { route, to, text: "認証番号は 123456 です" },
  });
  return answer.json().id;
}

const browse = (url: string) => site.browse(url, { cookie });
/** Ids of the messages that a page links to, in its order. */
const shown = (body: string) => [...body.matchAll(/href="\/messages\/([0-9a-f-]{36})"/g)].map(([, id]) => id);

test("the history is searched by what the form names, page by page, and exported as it is found", async () => {
  const ids: string[] = [];
  for (let n = 0; n < 53; n++) ids.push(await send(`h${n}`, `090-8888-${String(n).padStart(4, "0")}`));
  const [first = "", second = ""] = ids;
  await site.ledger.sql`
    update message set state = 'failed', accepted_at = now(), ended_at = now(), provider_message_id = 'MSG-1' where id = ${first}`;
  await site.ledger.sql`update message set state = 'rejected', ended_at = now() where id = ${second}`;

  const newest = await browse("/history");
  expect(shown(newest.body)).toEqual(ids.slice(3).reverse());
  const older = /href="(\/history\?cursor=[^"]+)"[^>]*>Older/.exec(newest.body)?.[1] ?? "";
  expect(shown((await browse(older)).body)).toEqual(ids.slice(0, 3).reverse());
  expect(newest.body).not.toContain("8888");

  for (const [query, found] of [
    ["state=failed", [first]],
    ["request=refused", [second]],
    ["requestId=MSG-1", [first]],
    [`route=${route}&state=rejected`, [second]],
    ["route=another", []],
    ["template=T1", []],
    ["state=failed&request=&template=%20", [first]],
  ] as const) {
    const page = await browse(`/history?${query}`);
    expect(shown(page.body), query).toEqual(found);
    const csv = await browse(`/history.csv?${query}`);
    expect(csv.body.trimEnd().split("\r\n").slice(1).length, query).toBe(found.length);
  }

  const csv = await browse("/history.csv?state=failed");
  expect(csv.headers).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="messages.csv"',
  });
  expect(csv.body).toContain(first);
  expect(csv.body).toContain(maskNumber("+819088880000"));
  expect(csv.body).not.toContain("+819088880000");
});

test("a period is whole days of the console's time zone, both of them counted", async () => {
  const id = await send("day", "090-8889-0000");
  const day = (offset: number) =>
    new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(Date.now() + offset * 86_400_000);
  const has = async (query: string) => shown((await browse(`/history?${query}`)).body).includes(id);
  expect(await has(`from=${day(0)}&until=${day(0)}`)).toBe(true);
  expect(await has(`until=${day(-1)}`)).toBe(false);
  expect(await has(`from=${day(1)}`)).toBe(false);
});

test.each([
  ["a day that is none", "from=2026-13-40", "is no day"],
  ["a campaign nobody has", "campaign=nobody", "No campaign has the id or key “nobody”"],
])("%s is said, and nothing is found or exported", async (_, query, fault) => {
  const page = await browse(`/history?${query}`);
  expect(page.body).toContain(fault);
  expect(shown(page.body)).toEqual([]);
  expect(await browse(`/history.csv?${query}`)).toMatchObject({
    statusCode: 422,
    body: expect.stringContaining(fault),
  });
});

test("nobody sees it without having signed in", async () => {
  for (const url of ["/history", "/history.csv"]) {
    expect((await site.browse(url, {})).statusCode, url).toBe(303);
  }
});
