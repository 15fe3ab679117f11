import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connectLedger, migrate } from "@hikyaku/ledger";
import { simulatedRoute } from "@hikyaku/simulator";
import { createRedis, spawnNode, startPostgres, waitFor } from "@hikyaku/testkit";
import type { Row } from "../row.ts";
import { account, route } from "../stage.ts";

const seconds = 20;
/** A process that has just started is compiling its code. */
const settleSeconds = 5;

/** With PostgreSQL there, as many as a campaign at full speed sends back. */
export function receiverAtFullSpeed(): Promise<Row> {
  return answersOf({ isStopped: false, perSecond: 1_000, share: 0.999, withinMs: 50 });
}

/** While PostgreSQL is stopped, and has been for a while (protocol vector 10). */
export function receiverWithoutLedger(): Promise<Row> {
  return answersOf({ isStopped: true, perSecond: 200, share: 0.99, withinMs: 100 });
}

interface Load {
  isStopped: boolean;
  perSecond: number;
  /** This share of the answers must come within `withinMs`. */
  share: number;
  withinMs: number;
}

/** What the carrier waits for: each notification comes at its own moment, whether or not those before it are answered. */
async function answersOf({ isStopped, perSecond, share, withinMs }: Load): Promise<Row> {
  await using database = await startPostgres();
  await using redis = await createRedis();
  await migrate(database.url);
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-bench-"));
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  const file = join(folder, "hikyaku.yaml");
  const secret = randomUUID();
  await writeFile(
    file,
    JSON.stringify({
      redisPrefix: redis.redisPrefix,
      receiver: { port: 0, host: "127.0.0.1" },
      routes: { [route]: { ...simulatedRoute("http://127.0.0.1:9/au", account), hooks: { secret } } },
    }),
  );
  await using receiver = spawnNode(new URL("../../../apps/receiver/src/main.ts", import.meta.url), {
    env: { HIKYAKU_CONFIG: file, DATABASE_URL: database.url, REDIS_URL: redis.url },
  });
  const [, url = ""] = await receiver.ready(/"url":"([^"]+)".*"msg":"receiver started"/);

  if (isStopped) await database.stop();
  const answers = await notify(`${url}/hooks/${route}/${secret}/sms-result`, perSecond);
  if (isStopped) await database.restart();

  const ledger = connectLedger(database.url, { max: 1 });
  let kept = 0;
  const allKept = async () => {
    const [row] = await ledger.sql<{ ids: number }[]>`
      select count(distinct provider_message_id)::int as ids from receipt_raw`;
    kept = row?.ids ?? 0;
    return kept === answers.length;
  };
  // What is not there by then is told as lost.
  await waitFor(allKept, { timeoutMs: 60_000 }).catch(() => {});
  await ledger.close();

  const measured = answers.slice(settleSeconds * perSecond);
  const took = measured.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const at = (part: number) => took[Math.ceil(took.length * part) - 1] ?? Number.NaN;
  const refused = answers.filter(({ status }) => status !== 200).length;
  const lost = answers.length - refused - kept;
  const name = `p${share * 100}`;
  return {
    what: `receiver, PostgreSQL ${isStopped ? "stopped" : "there"}, ${perSecond.toLocaleString("en-US")} notifications a second`,
    measured: `p50 ${at(0.5).toFixed(1)} ms, ${name} ${at(share).toFixed(1)} ms, longest ${at(1).toFixed(0)} ms; ${refused} not answered 200, ${lost} lost`,
    against: "the carrier's 500 ms",
    result: `${at(share).toFixed(1)} ms`,
    bar: `${name} <= ${withinMs} ms, none refused, none lost`,
    reached: at(share) <= withinMs && refused === 0 && lost === 0,
  };
}

async function notify(url: string, perSecond: number): Promise<{ status: number; tookMs: number }[]> {
  const startedAt = performance.now();
  return await Promise.all(
    Array.from({ length: perSecond * (settleSeconds + seconds) }, async (_, n) => {
      await delay(Math.max(0, (n * 1_000) / perSecond - (performance.now() - startedAt)));
      const postedAt = performance.now();
      // Without an answer the carrier would repeat it; here it counts as refused.
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          smsmessage: { orderId: `o${n}`, msgId: `m${n}`, status: "delivered", timestamp: "2026-11-20T01:02:03.000Z" },
          messageContact: { userContact: "+81700000001" },
          Destination: "sms",
        }),
      }).catch(() => null);
      await response?.arrayBuffer();
      return { status: response?.status ?? 0, tookMs: performance.now() - postedAt };
    }),
  );
}
