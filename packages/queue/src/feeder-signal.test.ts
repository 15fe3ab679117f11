import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { queueRedis } from "../test/queue-redis.ts";
import { connectRedis } from "./connection.ts";
import { onFeederSignal, signalFeeder } from "./feeder-signal.ts";

test("a signal reaches the feeders of its route in all processes, until they stop listening", async () => {
  await using redis = await queueRedis();
  const other = connectRedis({ url: redis.url });
  const heard = { here: [] as string[], there: [] as string[] };
  const stop = await onFeederSignal(["a", "b"], (route) => heard.here.push(route), redis);
  await onFeederSignal(["b"], (route) => heard.there.push(route), { connections: other, prefix: redis.prefix });

  for (const route of ["a", "b", "c"]) await signalFeeder(route, redis);
  await waitFor(() => heard.here.length === 2 && heard.there.length === 1);
  await stop();
  await signalFeeder("b", redis);
  await waitFor(() => heard.there.length === 2);

  expect(heard).toEqual({ here: ["a", "b"], there: ["b", "b"] });
  await other.closeAll();
});
