import { freePort, startRedis, waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { connectRedis } from "./connection.ts";

test.each(["localhost:6379", "http://localhost:6379", ""])("the url %j is refused, and not repeated", (url) => {
  expect(() => connectRedis({ url })).toThrow(/^redis url: it must look like "redis:\/\/host:6379"/);
});

test("commands wait while Redis is away, the impatient ones fail at once, and errors only come to onError", async () => {
  await using server = await startRedis();
  let errors = 0;
  const connections = connectRedis({ url: server.url, onError: () => errors++ });
  await connections.shared.set("key", "value");
  await waitFor(() => connections.impatient().status === "ready");
  await server.kill();
  await waitFor(() => connections.impatient().status !== "ready");

  await waitFor(() => errors > 0, { what: "a try to connect" });
  const waiting = connections.shared.get("key");
  await expect(connections.impatient().get("key")).rejects.toThrow();
  await server.restart();

  // The killed server may have lost the key, not the question.
  expect([null, "value"]).toContain(await waiting);
  await waitFor(async () => connections.impatient().ping());
  await connections.closeAll();
});

test("connections that never succeeded can be closed", async () => {
  const connections = connectRedis({ url: `redis://127.0.0.1:${await freePort()}` });
  const waiting = expect(connections.shared.get("key")).rejects.toThrow("Connection is closed");
  connections.impatient();

  await connections.closeAll();

  await waiting;
  expect(() => connections.open()).toThrow("These Redis connections are closed");
});
