import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  appendRows,
  beginImport,
  campaignCounts,
  connectLedger,
  createCampaign,
  finishImport,
  listMessages,
  migrate,
  newId,
  startCampaign,
} from "@hikyaku/ledger";
import { createDatabase, createRedis, spawnNode, waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";

interface Taken {
  to: string;
  mode: string;
  tokens: string[];
  sms: string | null;
  rcs: boolean;
}

/** What KDDI does for a user who removed the app: takes the +Message, says `sent`, and delivers it never (guide §1.5). */
async function startUninstalledPhones(stack: AsyncDisposableStack) {
  const taken: Taken[] = [];
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.method === "GET") {
      asked.push(String(request.headers["x-fallback"]));
      return answer(200, {
        RCSMessage: { msgId: /messages\/([^/]+)\/status/.exec(request.url ?? "")?.[1], status: "sent" },
      });
    }
    let text = "";
    for await (const chunk of request) text += chunk;
    const { message, smsmessage } = JSON.parse(text);
    const mode = String(request.headers["x-fallback"]);
    const msgId = newId();
    taken.push({
      ...{
        mode,
        to: message.messageContact.userContact,
        sms: smsmessage?.smsText ?? null,
        rcs: message.RCSMessage !== undefined,
      },
      tokens: ["mkn", "tmt", "gmp"].map((carrier) => String(request.headers[`x-plusmsg-${carrier}-authorization`])),
    });
    const block = { msgId, status: "pending", timestamp: new Date().toISOString() };
    answer(202, mode === "2" ? { smsmessage: block, Destination: "sms" } : { RCSMessage: block, Destination: "rcs" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return { taken, asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("over KDDI a +Message that stays undelivered is asked about in its own mode and followed by its SMS in mode 2", async () => {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 2 });
  stack.defer(() => ledger.close());
  const gateway = await startUninstalledPhones(stack);
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-legs-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const file = join(folder, "hikyaku.yaml");
  await writeFile(
    file,
    JSON.stringify({
      ...{ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.redisPrefix },
      ...{ worker: { healthPort: 0 }, poller: { healthPort: 0, interval: "50ms" }, feed: { interval: "50ms" } },
      routes: {
        plus: {
          ...{ provider: "kddi", baseUrl: `${gateway.url}/au`, botId: "bot_0001", allowDummyC0: true },
          ...{ basicAuth: { user: "u", password: "p" }, tokens: { au: "a", docomo: "d", softbank: "s" } },
          ...{ smsNumber: "0312345678", limits: { tps: null, concurrency: 5 } },
        },
      },
    }),
  );
  for (const app of ["worker", "poller"]) {
    const entry = new URL(`../../../apps/${app}/src/main.ts`, import.meta.url);
    await stack.use(spawnNode(entry, { env: { HIKYAKU_CONFIG: file } })).ready(new RegExp(`"msg":"${app} started"`));
  }

  const { sql } = ledger;
  const id = newId();
  const content = { mode: "rcs", card: { title: "#{name}様" }, sms: { text: "#{name}様、SMSです" } };
  const campaign = {
    id,
    key: "k",
    name: "n",
    route: "plus",
    content,
    variables: ["name"],
    requestHash: Buffer.from("h"),
  };
  await createCampaign(sql, { ...campaign, fallback: { afterMs: 1_500, onUnknown: false, onRejected: false } });
  await beginImport(sql, { campaignId: id });
  const row = { id: newId(), recipient: "+819000000002", line: 1, segments: 1, vars: ["山田"] };
  const progress = { rows: 1, digest: Buffer.from("d"), rejected: 0, duplicates: 0 };
  await appendRows(sql, { campaignId: id, route: "plus", round: 1, rows: [row], progress });
  await finishImport(sql, { campaignId: id, rejectedRows: 0, digest: progress.digest });
  await startCampaign(sql, { campaignId: id });

  await waitFor(async () => (await campaignCounts(sql, { campaignId: id, leg: 2 })).accepted === 1, {
    timeoutMs: 25_000,
    what: "the SMS to be accepted",
  });
  expect(gateway.taken).toEqual([
    { to: row.recipient, mode: "1", tokens: ["Bearer a", "Bearer d", "Bearer s"], sms: null, rcs: true },
    { to: row.recipient, mode: "2", tokens: Array(3).fill("Bearer smsonly"), sms: "山田様、SMSです", rcs: false },
  ]);
  expect(gateway.asked).toEqual(["1"]);
  expect(await listMessages(sql, { campaignId: id, limit: 9 })).toMatchObject([
    { leg: 1, state: "sent", channel: "rcs" },
    { leg: 2, state: "accepted", channel: "sms", segments: 1 },
  ]);
}, 60_000);
