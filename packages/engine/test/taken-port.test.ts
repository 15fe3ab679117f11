import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { spawnNode } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { startSystem } from "./start-system.ts";

test.each([
  ["receiver", "receiver.port", (port: number) => ({ receiver: { port, host: "127.0.0.1" } })],
  ["worker", "worker.healthPort", (port: number) => ({ worker: { healthPort: port } })],
] as const)("a %s whose port is taken ends as by a wrong setting, and says which one", async (app, setting, config) => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  try {
    await using system = await startSystem({ config: config(port) });
    await using own = spawnNode(new URL(`../../../apps/${app}/src/main.ts`, import.meta.url), {
      env: { HIKYAKU_CONFIG: system.configFile },
    });
    expect(await own.exited).toEqual({ code: 2, signal: null });
    const last = JSON.parse(own.stdout.trim().split("\n").at(-1) ?? "");
    expect(last).toMatchObject({ level: 60, setting, port, msg: expect.stringContaining("the port is taken") });
    expect(last).not.toHaveProperty("err");
    expect(own.stderr).toBe("");
  } finally {
    other.close();
  }
});
