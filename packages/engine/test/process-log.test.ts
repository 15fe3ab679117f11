import { expect, test } from "vitest";
import { startSystem } from "./start-system.ts";

test("a line of a process's log holds no key twice, so that every reader reads the same in it", async () => {
  await using system = await startSystem();
  for (const app of ["poller", "worker"] as const) {
    const { stdout } = await system.start(app);
    const keys = stdout
      .trim()
      .split("\n")
      .map((line) => [...line.matchAll(/[{,]"(\w+)":/g)].map(([, key]) => key).sort());
    expect(keys).toContainEqual(expect.arrayContaining(["pid", "worker"]));
    expect(keys).toEqual(keys.map((each) => [...new Set(each)]));
  }
}, 60_000);
