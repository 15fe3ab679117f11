import { setTimeout as delay } from "node:timers/promises";
import {
  findCampaign,
  listHooks,
  listInbound,
  listSuppressions,
  messagesOfRecipient,
  startCampaign,
} from "@hikyaku/ledger";
import { startPostgres, waitFor } from "@hikyaku/testkit";
import { Agent, request } from "undici";
import { afterAll, expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { hookSecret, route, startSystem, type TestSystem } from "./start-system.ts";
import { waitForState } from "./wait-for-campaign.ts";

/** A connection for each post: the next test's receiver may have the port of one that is gone, and a kept connection leads nowhere. */
const once = new Agent({ pipelining: 0 });
afterAll(() => once.close());

async function post(url: string, body: string | Uint8Array, kind = "", type = "application/json"): Promise<number> {
  const path = `${url}/hooks/${route}/${hookSecret}${kind === "" ? "" : `/${kind}`}`;
  const response = await request(path, {
    ...{ method: "POST", body, dispatcher: once },
    headers: { "content-type": type },
  });
  await response.body.dump();
  return response.statusCode;
}

const user = "+818011112222";
const inboundRows = (system: TestSystem) => listInbound(system.ledger.sql, { limit: 1_000 });
const came = (system: TestSystem, count: number) =>
  waitFor(async () => (await inboundRows(system)).length === count, { what: `${count} rows of inbound` });

/** Shift_JIS of {"text":"停止","from":"08011112222","id":"sjis-1"} as far as it is not ASCII. */
const shiftJis = Buffer.concat([
  Buffer.from('{"text":"'),
  Uint8Array.of(0x92, 0xe2, 0x8e, 0x7e),
  Buffer.from('","from":"080-1111-2222","messageId":"sjis-1"}'),
]);

/** What nobody told us the carrier sends: other names, other nesting, other wrappings; `text` is what the user said. */
const spellings: [
  what: string,
  body: string | Uint8Array,
  event: string,
  text: string | null,
  kind?: string,
  type?: string,
][] = [
  [
    "the canonical form",
    JSON.stringify({ smsmessage: { msgId: "1", smsText: "停止" }, messageContact: { userContact: user } }),
    "sms-mo",
    "停止",
  ],
  [
    "other cases of every name",
    JSON.stringify({ SMSMESSAGE: { MSGID: "2", SMSTEXT: "停止" }, MessageContact: { USERCONTACT: user } }),
    "sms-mo",
    "停止",
  ],
  [
    "a flat object of other names",
    JSON.stringify({ messageId: "3", from: "080-1111-2222", text: "停止", receivedAt: "x", unknown: { a: [1] } }),
    "sms-mo",
    "停止",
  ],
  [
    "wrapped twice more",
    JSON.stringify({
      data: { notification: { msgId: "4", msisdn: "819011112222".replace("9", "8"), content: "停止" } },
    }),
    "sms-mo",
    "停止",
  ],
  ["a list of one", JSON.stringify([{ msgId: "5", from: user, body: "停止" }]), "sms-mo", "停止"],
  [
    "a form with a JSON value",
    `payload=${encodeURIComponent(JSON.stringify({ msgId: "6", from: user, text: "停止" }))}`,
    "sms-mo",
    "停止",
    "",
    "application/x-www-form-urlencoded",
  ],
  [
    "a plain form",
    `msgId=7&from=${encodeURIComponent(user)}&text=${encodeURIComponent("停止")}`,
    "sms-mo",
    "停止",
    "sms-mo",
    "application/x-www-form-urlencoded",
  ],
  ["Shift_JIS", shiftJis, "sms-mo", "停止", "sms-mo", "text/plain"],
  [
    "no content type that fits",
    JSON.stringify({ msgId: "8", from: user, text: "停止" }),
    "sms-mo",
    "停止",
    "sms-result",
    "application/octet-stream",
  ],
  [
    "a webhook without its event's name",
    JSON.stringify({ RCSMessage: { msgId: "9", textMessage: "停止" }, messageContact: { userContact: user } }),
    "message",
    "停止",
    "webhook",
  ],
  [
    "an event in capitals, inside message",
    JSON.stringify({
      event: "MESSAGE",
      message: { rcsMessage: { msgId: "10", textMessage: "停止" }, messageContact: { userContact: user } },
    }),
    "message",
    "停止",
    "webhook",
  ],
  [
    "a tap",
    JSON.stringify({
      event: "response",
      RCSMessage: {
        msgId: "11",
        suggestedResponse: { response: { reply: { displayText: "停止", postback: { data: "c=42" } } } },
      },
      messageContact: { userContact: user },
    }),
    "response",
    "停止",
    "webhook",
  ],
  [
    "a registration",
    JSON.stringify({
      RCSMessage: {
        msgId: "12",
        suggestedResponse: {
          response: { reply: { displayText: "Start Chat", postback: { data: "new_bot_user_initiation" } } },
        },
      },
      messageContact: { userContact: user },
    }),
    "new-user",
    "Start Chat",
    "webhook",
  ],
];

test("what users do is brought in whatever the spelling and nesting, by any URL, and repeats only once", async () => {
  await using system = await startSystem();
  const { url } = await system.start("receiver");
  for (const [, body, , , kind, type] of spellings) {
    for (let time = 0; time < 2; time++) expect(await post(url, body, kind, type)).toBe(200);
  }
  await came(system, spellings.length);

  const rows = (await inboundRows(system)).reverse();
  expect(rows.map(({ event, text, recipient }) => [event, text, recipient])).toEqual(
    spellings.map(([, , event, text]) => [event, text, user]),
  );
  // All but the registration asked for no more.
  expect(rows.filter(({ wordKind }) => wordKind === "opt-out")).toHaveLength(spellings.length - 1);
  expect(await listSuppressions(system.ledger.sql, { limit: 10 })).toMatchObject([
    { recipient: user, route: "*", source: "reply", reason: 'answered "停止"' },
  ]);
});

test("a reply kept in Redis while the ledger was away is brought in when it is back", async () => {
  await using database = await startPostgres();
  await using system = await startSystem({ database });
  const { url } = await system.start("receiver");
  expect(await post(url, "{}", "sms-mo")).toBe(200);
  await database.stop();
  expect(
    await post(url, JSON.stringify({ smsmessage: { msgId: "away", smsText: "配信停止。" }, from: user }), "sms-mo"),
  ).toBe(200);
  await database.restart();
  await waitFor(async () => (await inboundRows(system)).length === 1, { what: "the reply", timeoutMs: 40_000 });
  expect(await listSuppressions(system.ledger.sql, { limit: 10 })).toMatchObject([{ recipient: user }]);
}, 90_000);

test("the carrier's connection test is remembered for each URL; so is a body nobody understands", async () => {
  await using system = await startSystem();
  const { url } = await system.start("receiver");
  expect(await post(url, "{}", "webhook")).toBe(200);
  expect(await post(url, "", "sms-result")).toBe(200);
  expect(await post(url, "疎通確認", "sms-mo", "text/plain")).toBe(200);
  for (const method of ["GET", "HEAD"]) {
    expect((await fetch(`${url}/hooks/${route}/${hookSecret}/sms-mo`, { method })).status).toBe(200);
  }
  const hooks = await waitFor(async () => {
    const found = await listHooks(system.ledger.sql);
    return found.length === 3 && found;
  });
  expect(hooks).toMatchObject([
    { kind: "sms-mo", testedAt: null, unrecognisedAt: expect.any(Date), unrecognisedFrom: "127.0.0.1" },
    { kind: "sms-result", testedAt: expect.any(Date), testedFrom: "127.0.0.1" },
    { kind: "webhook", testedAt: expect.any(Date), unrecognisedAt: null },
  ]);
});

test("who refuses between scheduling and dispatch gets nothing (protocol notes §20, vector 16)", async () => {
  await using system = await startSystem();
  const { sql } = system.ledger;
  const { url } = await system.start("receiver");
  const recipients = [1, 2, 3].map(plainNumber);
  const campaignId = await startTestCampaign(system, { recipients, isStarted: false });
  await startCampaign(sql, { campaignId, startAt: new Date(Date.now() + 3_600_000) });
  expect(await findCampaign(sql, { id: campaignId })).toMatchObject({ state: "ready" });
  expect((await messagesOfRecipient(sql, { recipient: plainNumber(2), limit: 5 }))[0]).toMatchObject({
    state: "queued",
  });

  const refusal = { smsmessage: { msgId: "mo", smsText: "ＳＴＯＰ" }, messageContact: { userContact: plainNumber(2) } };
  expect(await post(url, JSON.stringify(refusal), "sms-mo")).toBe(200);
  await waitFor(async () => (await listSuppressions(sql, { limit: 1 })).length === 1, { what: "the suppression" });
  await system.start("worker");
  await startCampaign(sql, { campaignId, startAt: new Date() });
  await waitForState(system, campaignId, "finished");

  const states = await Promise.all(
    recipients.map(async (recipient) => (await messagesOfRecipient(sql, { recipient, limit: 5 }))[0]?.state),
  );
  expect(states).toEqual(["delivered", "suppressed", "delivered"]);
  const { messages } = await system.control<{ messages: { to: string }[] }>("GET", "/sim/messages");
  expect(messages.map(({ to }) => to).sort()).toEqual([plainNumber(1), plainNumber(3)]);
});

test("1,000 notifications a second are all brought in, each once, with the carrier's three repeats at most", async () => {
  await using system = await startSystem();
  const { url } = await system.start("receiver");
  const perSecond = 1_000;
  const startedAt = performance.now();
  const repeats = await Promise.all(
    Array.from({ length: 3 * perSecond }, async (_, n) => {
      // On the carrier's clock, however slowly it is answered.
      await delay((n * 1_000) / perSecond - (performance.now() - startedAt));
      const text = n % 50 === 0 ? "停止" : "はい";
      const body = { smsmessage: { msgId: `mo-${n % 2_700}`, smsText: text }, from: plainNumber(n % 900) };
      const kind = n % 2 === 0 ? "sms-mo" : "";
      for (let repeat = 0; repeat < 3; repeat++) {
        if ((await post(url, JSON.stringify(body), kind).catch(() => 0)) === 200) return repeat;
        await delay(1_000);
      }
      expect(await post(url, JSON.stringify(body), kind)).toBe(200);
      return 3;
    }),
  );
  const counted = async () => {
    const [row] = await system.ledger.sql<{ rows: number; ids: number; unread: number }[]>`
      select count(*) as rows, count(distinct user_message_id) as ids,
             (select count(*) from receipt_raw where status = 'unread') as unread
      from inbound`;
    return row;
  };
  await waitFor(async () => (await counted())?.rows === 2_700, { what: "each of them", timeoutMs: 40_000 });
  expect(await counted()).toEqual({ rows: 2_700, ids: 2_700, unread: 0 });
  expect(repeats).toHaveLength(3_000);
}, 120_000);
