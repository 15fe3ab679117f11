import { expect, test } from "vitest";
import { queueRedis } from "../test/queue-redis.ts";
import { parkedOutcomes, parkedReceipts } from "./parked.ts";

test("what is parked is taken oldest first and stays until it is dropped", async () => {
  await using redis = await queueRedis();
  const parked = parkedOutcomes("r", { redis: redis.connections.shared, prefix: redis.prefix });
  for (const json of ['{"n":1}', '{"n":2}', '{"n":3}']) await parked.park(json);

  const taken = await parked.take(2);
  expect(taken).toEqual([{ json: '{"n":1}' }, { json: '{"n":2}' }]);
  expect(await parked.take(10)).toHaveLength(3);
  await parked.drop(taken);

  expect(await parked.take(10)).toEqual([{ json: '{"n":3}' }]);
  expect(await parked.count()).toBe(1);
});

test("of two equal entries each has to be dropped", async () => {
  await using redis = await queueRedis();
  const parked = parkedReceipts({ redis: redis.connections.shared, prefix: redis.prefix });
  await parked.park("same");
  await parked.park("same");

  await parked.drop((await parked.take(1)).slice(0, 1));

  expect(await parked.count()).toBe(1);
  await parked.drop(await parked.take(5));
  await parked.drop([]);
  expect(await parked.take(5)).toEqual([]);
});

test("routes and receipts are apart", async () => {
  await using redis = await queueRedis();
  const options = { redis: redis.connections.shared, prefix: redis.prefix };
  await parkedOutcomes("a", options).park("of a");

  expect(await parkedOutcomes("b", options).count()).toBe(0);
  expect(await parkedReceipts(options).count()).toBe(0);
});
