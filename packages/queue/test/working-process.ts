/** A worker that takes jobs, prints their first ids as `took <id>`, and keeps each for `keepMs`. */
import { setTimeout as delay } from "node:timers/promises";
import { connectRedis } from "../src/connection.ts";
import type { Lane } from "../src/names.ts";
import { openSendWorker } from "../src/send-worker.ts";

export interface WorkingOptions {
  url: string;
  prefix: string;
  route: string;
  lane: Lane;
  keepMs: number;
}

const { url, prefix, route, lane, keepMs } = JSON.parse(process.argv[2] ?? "{}") as WorkingOptions;

openSendWorker({
  connections: connectRedis({ url }),
  prefix,
  route,
  lane,
  concurrency: 10,
  async handle({ ids }) {
    console.log(`took ${ids[0]}`);
    await delay(keepMs);
  },
});
