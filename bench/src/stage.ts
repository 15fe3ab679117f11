import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import {
  appendRows,
  beginImport,
  connectLedger,
  createCampaign,
  finishImport,
  type Ledger,
  migrate,
  newId,
  startCampaign,
} from "@hikyaku/ledger";
import { connectRedis, signalFeeder, throttleKey } from "@hikyaku/queue";
import { simulatedRoute, spawnSimulator, type TrafficReport } from "@hikyaku/simulator";
import { createDatabase, createRedis, type NodeProcess, spawnNode, waitFor } from "@hikyaku/testkit";
import { nodeFlags } from "../../apps/cli/src/system/start-app.ts";

export const route = "bench";
export const account = { botId: "bot_0001", user: "user", password: "password", smsNumbers: ["0312345678"] };

export interface StageOptions {
  /** The gateway's limits; its answer comes after `gatewayMs`. */
  tps: number | null;
  concurrency: number;
  gatewayMs: number;
}

/** One measurement's own database, Redis keys and gateway process. */
export interface Stage extends AsyncDisposable {
  readonly ledger: Ledger;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly gatewayUrl: string;
  metrics(): Promise<TrafficReport & { duplicates: { count: number } }>;
  /** A real worker process, ready and idle: it holds its part of the connections, and nothing waits. */
  startWorker(): Promise<NodeProcess>;
  /** A campaign in the ledger that only waits for its start. */
  importCampaign(count: number): Promise<string>;
  /** Starts it as the producer does: in the ledger, and with a word to the feeder. */
  start(campaignId: string): Promise<void>;
  /** A baseline program of `bench/src/baseline`, told where everything is by `STAGE`. */
  startBaseline(program: string, extra?: Record<string, unknown>): Promise<NodeProcess>;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  const connections = connectRedis({ url: redis.url });
  stack.defer(() => connections.closeAll());
  const grantsKey = `${throttleKey(redis.redisPrefix, route)}:grants`;
  /** Workers whose share of the connections is above nothing. */
  const granted = async () =>
    Object.values(await connections.shared.hgetall(grantsKey)).filter((entry) => Number(entry.split(" ")[1]) > 0)
      .length;
  let workers = 0;
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-bench-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const simulator = stack.use(
    await spawnSimulator({
      strict: true,
      acceptDelayMs: options.gatewayMs,
      tpsWindow: "sliding",
      // Receipts are not what is measured here: none is registered, and messages stay where they are.
      timing: { sentAfterMs: 3_600_000 },
      accounts: [{ ...account, tps: options.tps ?? 100_000, concurrency: options.concurrency }],
    }),
  );
  standApart(simulator.pid);
  const file = join(folder, "hikyaku.yaml");
  await writeFile(
    file,
    JSON.stringify({
      redisPrefix: redis.redisPrefix,
      logLevel: "info",
      worker: { healthPort: null },
      routes: {
        [route]: {
          ...simulatedRoute(`${simulator.gatewayUrl}/au`, account),
          limits: { tps: options.tps, concurrency: options.concurrency },
        },
      },
    }),
  );
  const gatewayUrl = `${simulator.gatewayUrl}/au/v1/fallback/rcs/bot/v1/${account.botId}/messages`;

  return {
    ledger,
    databaseUrl: database.url,
    redisUrl: redis.url,
    redisPrefix: redis.redisPrefix,
    gatewayUrl,
    async metrics() {
      const response = await fetch(`${simulator.controlUrl}/sim/metrics`);
      return (await response.json()) as TrafficReport & { duplicates: { count: number } };
    },
    async startWorker() {
      const worker = stack.use(
        spawnNode(new URL("../../apps/worker/src/main.ts", import.meta.url), {
          env: {
            HIKYAKU_CONFIG: file,
            DATABASE_URL: database.url,
            REDIS_URL: redis.url,
            NODE_OPTIONS: nodeFlags.join(" "),
          },
        }),
      );
      await worker.ready(/worker started/);
      workers += 1;
      void worker.exited.then(() => (workers -= 1));
      await waitFor(async () => (await granted()) >= workers, { what: `${workers} workers to hold connections` });
      return worker;
    },
    importCampaign: (count) => importCampaign(ledger, count),
    async start(campaignId) {
      await startCampaign(ledger.sql, { campaignId });
      await signalFeeder(route, { connections, prefix: redis.redisPrefix });
    },
    async startBaseline(program, extra = {}) {
      const started = stack.use(
        spawnNode(new URL(`./baseline/${program}.ts`, import.meta.url), {
          env: {
            NODE_OPTIONS: nodeFlags.join(" "),
            STAGE: JSON.stringify({
              databaseUrl: database.url,
              redisUrl: redis.url,
              redisPrefix: redis.redisPrefix,
              gatewayUrl,
              concurrency: options.concurrency,
              ...extra,
            }),
          },
        }),
      );
      await started.ready(/^ready$/m, { timeoutMs: 120_000 });
      return started;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/**
 * A gateway is another machine; here it shares its cores with all that is measured, and what waits for a core looks to it like a burst. So it
 * goes first, where this user may decide that.
 */
function standApart(gatewayPid: number): void {
  try {
    setPriority(gatewayPid, -10);
  } catch {
    console.error("  not allowed to give the gateway precedence (needs root): its pauses will count as the sender's");
  }
}

async function importCampaign(ledger: Ledger, count: number): Promise<string> {
  const { sql } = ledger;
  const id = newId();
  const digest = createHash("sha256").digest();
  await createCampaign(sql, {
    id,
    key: id,
    name: "bench",
    route,
    content: { text: benchText },
    variables: ["n"],
    requestHash: digest,
  });
  await beginImport(sql, { campaignId: id });
  const size = 20_000;
  for (let at = 0; at < count; at += size) {
    const rows = Array.from({ length: Math.min(size, count - at) }, (_, index) => ({
      id: newId(),
      recipient: benchNumber(at + index),
      line: at + index + 1,
      segments: 1,
      vars: [String(at + index)],
    }));
    const progress = { rows: at + rows.length, digest, rejected: 0, duplicates: 0 };
    await appendRows(sql, { campaignId: id, route, round: 1, rows, progress });
  }
  await finishImport(sql, { campaignId: id, rejectedRows: 0, digest });
  return id;
}

/** Numbers that belong to nobody (C = 0). */
export function benchNumber(n: number): string {
  return `+81700${String(n).padStart(7, "0")}`;
}

export const benchText = "ご来店ありがとうございます。#{n}番のお客様に、クーポンをお送りします。";
