import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { queueRedis } from "../../test/queue-redis.ts";
import { connectRedis } from "../connection.ts";
import { openThrottle } from "./open-throttle.ts";
import { type Throttle, ThrottleClosedError } from "./throttle.ts";

/** A way to Redis that can be cut: nothing passes any more, and nobody is told. */
async function cuttableWay(url: string) {
  const target = new URL(url);
  const sockets: Socket[] = [];
  let isCut = false;
  const server = createServer((near) => {
    sockets.push(near.on("error", () => {}));
    if (isCut) return;
    const far = connect(Number(target.port), target.hostname).on("error", () => {});
    sockets.push(far);
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const here = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.replace(target.host, here),
    cut() {
      isCut = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test("a process cut off from Redis lets the others have its connections, within the limit when answers come in 0.2 s", async () => {
  await using redis = await queueRedis();
  using way = await cuttableWay(redis.url);
  const behind = connectRedis({ url: way.url });
  const shared = { prefix: redis.prefix, route: "r", role: "send", limits: { tps: null, concurrency: 20 } } as const;
  const lost = openThrottle({ ...shared, connections: behind });
  const other = openThrottle({ ...shared, connections: redis.connections });
  let inFlight = 0;
  let most = 0;
  const line = async (throttle: Throttle): Promise<void> => {
    for (;;) {
      const [permit] = await throttle.acquire("campaign", 1);
      if (await permit?.ready()) {
        inFlight++;
        most = Math.max(most, inFlight);
        await delay(200);
        inFlight--;
      }
      permit?.release();
    }
  };
  const quiet = (error: unknown) => {
    if (!(error instanceof ThrottleClosedError)) throw error;
  };
  for (const throttle of [lost, other]) for (let index = 0; index < 40; index++) line(throttle).catch(quiet);
  await waitFor(() => lost.concurrency === 10 && other.concurrency === 10);

  way.cut();
  await waitFor(() => other.concurrency === 20 && other.figures().inUse > 15);

  expect(most).toBe(20);
  await Promise.all([lost.close(), other.close(), behind.closeAll()]);
});
