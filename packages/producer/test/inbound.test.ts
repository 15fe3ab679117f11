import { applyInbound, newId, type Sql, storeReceipts } from "@hikyaku/ledger";
import { expect, test } from "vitest";
import { CampaignNotFoundError, type Inbound, InvalidRequestError } from "../src/index.ts";
import { freshProducer } from "./fresh-producer.ts";

/** Replies as the receiver stores them, brought in as the worker does. */
async function given(sql: Sql, replies: readonly { to: string; text: string }[]): Promise<void> {
  const rows = replies.map(({ to, text }) => {
    const id = newId();
    const read = {
      event: "sms-mo",
      text,
      displayText: null,
      postbackData: null,
      smsNumber: null,
      attachment: null,
      deviceSpecifics: null,
    } as const;
    const receipt = { id, route: "coupon-sms", kind: "inbound.sms-mo", dedupeKey: id, body: "{}", recipient: to };
    return { ...receipt, status: "unread", receivedAt: new Date(), read } as const;
  });
  await storeReceipts(sql, rows);
  const rules = {
    linkWithinMs: 1,
    readReference: () => null,
    isSentFrom: () => null,
    findWord: () => null,
    isTold: false,
  };
  while ((await applyInbound(sql, { limit: 500, rulesOf: () => rules })).taken > 0);
}

async function all(replies: AsyncIterable<Inbound>): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  for await (const { text } of replies) texts.push(text);
  return texts;
}

test("replies are walked through newest first, however many, by every filter", async () => {
  await using fresh = await freshProducer();
  const { hikyaku, sql } = fresh;
  const many = Array.from({ length: 2_500 }, (_, n) => ({ to: "+819011110000", text: String(n) }));
  await given(sql, [...many, { to: "+819022220000", text: "はい" }]);

  const texts = await all(hikyaku.inbound());
  expect(texts).toHaveLength(2_501);
  expect(texts.slice(0, 3)).toEqual(["はい", "2499", "2498"]);
  expect(await all(hikyaku.inbound({ to: "+819022220000" }))).toEqual(["はい"]);
  expect(await all(hikyaku.inbound({ to: "090-2222-0000", route: "coupon-sms" }))).toEqual(["はい"]);
  for (const nothing of [
    { route: "other" },
    { event: "response" },
    { word: "opt-out" },
    { since: "2100-01-01T00:00:00Z" },
  ] as const) {
    expect(await all(hikyaku.inbound(nothing))).toEqual([]);
  }
});

test("a request that cannot be meant is refused with what is wrong in it", async () => {
  await using fresh = await freshProducer();
  const { hikyaku } = fresh;
  await expect(all(hikyaku.inbound({ to: "090-2222-0000" }))).rejects.toThrow("to: must be in the form +81…");
  await expect(all(hikyaku.inbound({ to: "110", route: "coupon-sms" }))).rejects.toThrow(InvalidRequestError);
  await expect(all(hikyaku.inbound({ event: "tap" as "message" }))).rejects.toThrow("event: must be one of message");
  await expect(all(hikyaku.inbound({ campaign: { key: "nobody" } }))).rejects.toThrow(CampaignNotFoundError);
});
