import { addSuppression, findMessage } from "@hikyaku/ledger";
import { connectRedis, openSendQueue } from "@hikyaku/queue";
import { startRedis, waitFor } from "@hikyaku/testkit";
import { describe, expect, test } from "vitest";
import { IdempotencyConflictError, InvalidContentError, InvalidMessageError, UnknownRouteError } from "../src/index.ts";
import { freshProducer } from "./fresh-producer.ts";

const code = { route: "coupon-sms", to: "090-1234-5678", text: "認証コード #{code}", variables: { code: 123456 } };

describe("a single message", () => {
  test("stands in the ledger as it will be sent, and its job in the queue holds nothing but its id", async () => {
    await using fresh = await freshProducer();
    const before = Date.now();
    const result = await fresh.hikyaku.sendMessage({ ...code, validFor: "5m" });
    expect(result).toMatchObject({ state: "queued", created: true, segments: 1, handedOver: true, warnings: [] });
    const validMs = (result.validUntil?.getTime() ?? 0) - before;
    expect(validMs).toBeGreaterThanOrEqual(300_000);
    expect(validMs).toBeLessThan(310_000);
    expect(await findMessage(fresh.sql, { id: result.id })).toMatchObject({
      campaignId: null,
      recipient: "+819012345678",
      vars: ["123456"],
      content: { text: code.text },
      validUntil: result.validUntil,
    });
    const { redisUrl, redisPrefix } = fresh.options;
    const connections = connectRedis({ url: redisUrl });
    const queue = openSendQueue({ connections, route: "coupon-sms", prefix: redisPrefix });
    const jobs = await queue.queues.single.getJobs();
    expect(jobs.map(({ data }) => data)).toEqual([{ campaignId: null, ids: [result.id] }]);
    await queue.close();
    await connections.closeAll();
  });

  test("given again with its idempotency key is the same message", async () => {
    await using fresh = await freshProducer();
    const idempotencyKey = "login-7";
    const first = await fresh.hikyaku.sendMessage({ ...code, validFor: "5m" }, { idempotencyKey });
    const again = await fresh.hikyaku.sendMessage(
      { ...code, to: "+819012345678", validFor: "300s" },
      { idempotencyKey },
    );
    expect(again).toEqual({ ...first, created: false });
    expect(await fresh.sql`select id from message`).toHaveLength(1);
  });

  test.each([
    ["text", { text: "another" }],
    ["recipient", { to: "090-1234-5679" }],
    ["value", { variables: { code: 654321 } }],
    ["validity", { validFor: "5m" }],
  ])("with another %s under the same idempotency key is an error that holds no number", async (_, change) => {
    await using fresh = await freshProducer();
    const idempotencyKey = "login-7";
    const { id } = await fresh.hikyaku.sendMessage(code, { idempotencyKey });
    const conflict = await fresh.hikyaku
      .sendMessage({ ...code, ...change }, { idempotencyKey })
      .catch((error) => error);
    expect(conflict).toBeInstanceOf(IdempotencyConflictError);
    expect(conflict).toMatchObject({ code: "idempotency-conflict", messageId: id });
    expect(String(conflict)).not.toMatch(/5678|5679|654321/);
  });

  test("without a key is a message of its own each time", async () => {
    await using fresh = await freshProducer();
    const results = await Promise.all([fresh.hikyaku.sendMessage(code), fresh.hikyaku.sendMessage(code)]);
    expect(results.map(({ created }) => created)).toEqual([true, true]);
    expect(new Set(results.map(({ id }) => id)).size).toBe(2);
  });

  test("to somebody on the suppression list is not sent, and the caller is told", async () => {
    await using fresh = await freshProducer();
    await addSuppression(fresh.sql, { recipient: "+819012345678", route: "coupon-sms" });
    const result = await fresh.hikyaku.sendMessage(code);
    expect(result).toMatchObject({ state: "suppressed", created: true, handedOver: false });
  });

  test.each([
    ["a fixed line", { to: "03-1234-5678" }, InvalidMessageError, /^to: .*mobile number/],
    ["a missing value", { variables: {} }, InvalidMessageError, /^variables\.code: no value for #\{code\}/],
    [
      "a finished text that is too long",
      { variables: { code: "x".repeat(700) } },
      InvalidMessageError,
      /^content\.text: /,
    ],
    ["a broken template", { text: "#{" }, InvalidContentError, /^content\.text: /],
    ["an unknown route", { route: "kakao" }, UnknownRouteError, /^route: "kakao"/],
    ["no text", { text: undefined }, Error, /^content: missing/],
    ["a number that is no text", { to: 9012345678 }, Error, /^to: must be a phone number as text$/],
  ])("is refused for %s, and nothing is written", async (_, change, type, message) => {
    await using fresh = await freshProducer();
    const refused = fresh.hikyaku.sendMessage({ ...code, ...change } as typeof code);
    await expect(refused).rejects.toThrow(type);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.not.toThrow(/1234-?5678|9012345678/);
    expect(await fresh.sql`select id from message`).toHaveLength(0);
  });
});

describe("while Redis is away", () => {
  test("a message is safe all the same, nobody waits long, and the queue is used again when Redis is back", async () => {
    await using redis = await startRedis();
    await using fresh = await freshProducer({ redisUrl: redis.url });
    expect(await fresh.hikyaku.sendMessage(code)).toMatchObject({ handedOver: true });
    await redis.stop();
    const startedAt = performance.now();
    for (const idempotencyKey of ["a", "b", "c"]) {
      const result = await fresh.hikyaku.sendMessage(code, { idempotencyKey });
      expect(result).toMatchObject({ state: "queued", created: true, handedOver: false });
    }
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await redis.restart();
    await waitFor(async () => (await fresh.hikyaku.sendMessage(code)).handedOver, { what: "Redis to be used again" });
    // The first call did not come to the queue, so its repetition hands the message over.
    expect(await fresh.hikyaku.sendMessage(code, { idempotencyKey: "a" })).toMatchObject({
      created: false,
      handedOver: true,
    });
  });

  test("from the beginning, a message is safe all the same, and nobody waits for a connection that is looked for", async () => {
    await using fresh = await freshProducer({ redisUrl: "redis://127.0.0.1:1" });
    const startedAt = performance.now();
    for (let count = 0; count < 5; count++) {
      expect(await fresh.hikyaku.sendMessage(code)).toMatchObject({ state: "queued", handedOver: false });
    }
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
