import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLedger, createApiKey, findCampaign, migrate, publishRoutes } from "@hikyaku/ledger";
import { createDatabase, createRedis, spawnNode, waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";

const route = "coupon-sms";

/** A ledger with a route and a key, and the console's own process on it, as often as the test wants. */
async function startSystem() {
  await using starting = new AsyncDisposableStack();
  const database = starting.use(await createDatabase());
  const redis = starting.use(await createRedis());
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 2 });
  starting.defer(() => ledger.close());
  await publishRoutes(ledger.sql, [{ name: route, provider: "kddi", settings: { smsNumber: "0312345678" } }]);
  const { secret } = await createApiKey(ledger.sql, { name: "test" });
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-console-"));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "hikyaku.yaml");
  const configure = (tps: number) =>
    writeFile(
      file,
      JSON.stringify({
        redisPrefix: redis.redisPrefix,
        console: { port: 0, users: [{ name: "op", password: "secret" }] },
        routes: {
          [route]: {
            ...{ provider: "kddi", baseUrl: "http://127.0.0.1:9/au", botId: "bot_0001", tokens: "smsonly" },
            ...{ basicAuth: { user: "user", password: "password" }, smsNumber: "0312345678", limits: { tps } },
          },
        },
      }),
    );
  await configure(100);
  const env = { HIKYAKU_CONFIG: file, DATABASE_URL: database.url, REDIS_URL: redis.url };
  const stack = starting.move();
  return {
    ledger,
    key: secret,
    configure,
    async start(further: Record<string, string> = {}) {
      const process = stack.use(spawnNode(new URL("../src/main.ts", import.meta.url), { env: { ...env, ...further } }));
      const [, url = ""] = await process.ready(/"url":"([^"]+)".*"msg":"console started"/);
      return Object.assign(process, { url });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test("the process tells its URL, its health and its metrics, and ends at SIGTERM", async () => {
  await using system = await startSystem();
  const console = await system.start();
  expect(await (await fetch(`${console.url}/healthz`)).json()).toEqual({ status: "ok" });
  const ready = await fetch(`${console.url}/readyz`);
  expect(await ready.json()).toEqual({ status: "ready", checks: { ledger: "ok", redis: "ok" } });
  const metrics = await fetch(`${console.url}/metrics`);
  expect(metrics.headers.get("content-type")).toContain("text/plain");
  expect(await metrics.text()).toContain('process="console"');
  expect((await fetch(`${console.url}/v1/routes`)).status).toBe(401);
  const page = await fetch(console.url, { headers: { accept: "text/html" } });
  expect(page.url).toBe(`${console.url}/sign-in?next=%2F`);
  expect(await console.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});

test("SIGHUP reads the configuration again, and the limits shown are those in force", async () => {
  await using system = await startSystem();
  const console = await system.start();
  const limits = async () => {
    const response = await fetch(`${console.url}/v1/routes`, { headers: { authorization: `Bearer ${system.key}` } });
    return ((await response.json()) as { items: { limits: { tps: number } }[] }).items[0]?.limits.tps;
  };
  expect(await limits()).toBe(100);
  await system.configure(50);
  console.signal("SIGHUP");
  await waitFor(async () => (await limits()) === 50, { what: "the new limit to be shown" });
});

test("SIGTERM breaks an upload off in time, and the next console goes on with it", async () => {
  await using system = await startSystem();
  const first = await system.start();
  const headers = { authorization: `Bearer ${system.key}`, "content-type": "application/x-ndjson" };
  const created = await fetch(`${first.url}/v1/campaigns`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", "idempotency-key": "2026-12" },
    body: JSON.stringify({ route, class: "transactional", text: "クーポンです" }),
  });
  const { id } = (await created.json()) as { id: string };
  const rows = Array.from({ length: 30_000 }, (_, n) => `{"to":"+8190${10_000_000 + n}"}\n`);

  // Most of the list, and then silence: the upload is still open when the console is told to stop.
  const open = new ReadableStream({ start: (sender) => sender.enqueue(Buffer.from(rows.slice(0, 25_000).join(""))) });
  const upload = fetch(`${first.url}/v1/campaigns/2026-12/recipients`, {
    method: "POST",
    headers,
    body: open,
    duplex: "half",
  } as RequestInit);
  await waitFor(async () => (await findCampaign(system.ledger.sql, { id }))?.importedRows, {
    what: "some rows to be stored",
  });
  const ended = first.kill("SIGTERM");
  const broken = await upload;
  expect(broken.status).toBe(503);
  expect(await broken.json()).toMatchObject({ type: "/problems/shutting-down" });
  expect(await ended).toEqual({ code: 0, signal: null });

  const second = await system.start();
  const resumed = await fetch(`${second.url}/v1/campaigns/2026-12/recipients`, {
    method: "POST",
    headers,
    body: rows.join(""),
  });
  expect(await resumed.json()).toMatchObject({ recipients: 30_000, duplicates: 0, state: "ready" });
});

test("an upload that is larger than the memory passes through it", { timeout: 90_000 }, async () => {
  await using system = await startSystem();
  const console = await system.start({ NODE_OPTIONS: "--max-old-space-size=176" });
  const headers = { authorization: `Bearer ${system.key}`, "content-type": "application/x-ndjson" };
  await fetch(`${console.url}/v1/campaigns`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", "idempotency-key": "large" },
    body: JSON.stringify({ route, class: "transactional", text: "クーポンです" }),
  });
  // 256 MiB: each row carries a field that no variable names.
  const note = "x".repeat(8_192);
  let sent = 0;
  const body = new ReadableStream({
    pull(sender) {
      if (sent === 32_000) return sender.close();
      let text = "";
      for (let n = 0; n < 50; n++) text += `{"to":"+8190${10_000_000 + sent++}","note":"${note}"}\n`;
      sender.enqueue(Buffer.from(text));
    },
  });
  const upload = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  const response = await fetch(`${console.url}/v1/campaigns/large/recipients`, upload);
  expect(await response.json()).toMatchObject({ recipients: 32_000, state: "ready" });
});

test("a wrong configuration ends it with code 2 and says what is wrong", async () => {
  const process = spawnNode(new URL("../src/main.ts", import.meta.url), {
    env: { HIKYAKU_CONFIG: "/nowhere/hikyaku.yaml" },
  });
  expect(await process.exited).toEqual({ code: 2, signal: null });
  expect(process.stderr).toContain("no file that can be read");
});
