import { startPostgres, startRedis } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { route, startTestConsole } from "./start-test-console.ts";

const body = { route, to: "090-1234-5678", text: "クーポンです" };

test("without Redis every page still answers soon and says so, and a message is still taken", async () => {
  await using redis = await startRedis();
  await using site = await startTestConsole({ redis });
  const cookie = await site.signIn();
  expect((await site.browse("/", { cookie })).body).not.toContain("Redis does not answer");
  await redis.stop();

  const startedAt = performance.now();
  for (const path of ["/", "/routes", "/suppressions"]) {
    const response = await site.browse(path, { cookie });
    expect(response.statusCode).toBe(200);
    expect(response.body).toContain("<b>Redis does not answer.</b>");
  }
  expect((await site.browse("/routes", { cookie })).body).toMatch(/Workers connected<\/span><strong>\?</);
  expect((await site.browse("/queues/api/queues", { cookie })).statusCode).toBe(500);
  const sent = await site.call("POST", "/v1/messages", { headers: { "idempotency-key": "k" }, body });
  expect(sent.json()).toMatchObject({ state: "queued", created: true });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("without the ledger programs get a problem and people a page, and both work again when it is back", async () => {
  await using postgres = await startPostgres();
  await using site = await startTestConsole({ database: postgres });
  const cookie = await site.signIn();
  await site.call("GET", "/v1/routes");
  await postgres.stop();

  const sent = await site.call("POST", "/v1/messages", { headers: { "idempotency-key": "k" }, body });
  expect(sent.json()).toMatchObject({ status: 503, type: "/problems/ledger-unavailable" });
  expect(sent.headers["retry-after"]).toBe("5");
  const page = await site.browse("/", { cookie });
  expect(page.statusCode).toBe(503);
  expect(page.body).toContain("The ledger does not answer");
  expect((await site.app.inject("/docs")).statusCode).toBe(200);
  expect(site.logged).toContainEqual(expect.objectContaining({ msg: "request failed", problem: "ledger-unavailable" }));

  await postgres.restart();
  await expect
    .poll(
      async () => (await site.call("POST", "/v1/messages", { headers: { "idempotency-key": "k" }, body })).statusCode,
      { timeout: 15_000 },
    )
    .toBe(201);
  expect((await site.browse("/", { cookie })).statusCode).toBe(200);
});
