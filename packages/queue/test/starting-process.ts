/**
 * A process that starts as many requests as its throttle lets it and prints when: `[ms since the epoch, …]`, a line each 100 ms.
 * Each "request" lasts `latencyMs` and reaches nobody.
 */
import { setTimeout as delay } from "node:timers/promises";
import { connectRedis } from "../src/connection.ts";
import { openThrottle } from "../src/throttle/open-throttle.ts";

const {
  url,
  prefix,
  route,
  tps,
  concurrency,
  latencyMs,
  standsStillMs = 0,
} = JSON.parse(process.argv[2] ?? "{}") as StartingOptions;

export interface StartingOptions {
  url: string;
  prefix: string;
  route: string;
  tps: number | null;
  concurrency: number;
  latencyMs: number;
  /** Every 400 ms its event loop stands still for so long. Default: never. */
  standsStillMs?: number;
}

const connections = connectRedis({ url });
const throttle = openThrottle({ connections, prefix, route, role: "send", limits: { tps, concurrency } });
let starts: number[] = [];

async function startForEver(): Promise<never> {
  for (;;) {
    const permits = await throttle.acquire("campaign", 5);
    await Promise.all(
      permits.map(async (permit) => {
        if (await permit.ready()) {
          starts.push(performance.timeOrigin + performance.now());
          permit.sent();
          await delay(latencyMs);
        }
        permit.release();
      }),
    );
  }
}

for (let index = 0; index < 10; index++) void startForEver();
setInterval(() => {
  if (starts.length > 0) console.log(JSON.stringify(starts));
  starts = [];
}, 100);

if (standsStillMs > 0) {
  setInterval(() => {
    const until = performance.now() + standsStillMs;
    while (performance.now() < until);
  }, 400);
}
