import { expect, test } from "vitest";
import { identify } from "./folder/process-identity.ts";
import { spawnNode } from "./spawn-node.ts";
import { waitFor } from "./wait-for.ts";

const count = new URL("../test/count.ts", import.meta.url);

test("a TypeScript file runs with its arguments and environment, and its output is captured", async () => {
  await using child = spawnNode(count, { args: ["a", "b"], env: { GREETING: "hello" } });
  const [, words] = await child.ready(/counting (.*)/);
  expect(words).toBe("a,b hello");
  expect(child.stdout).toBe("counting a,b hello\n");
});

test("ready says what was written when the process ends first", async () => {
  await using child = spawnNode(count, { args: ["fail"] });
  await expect(child.ready(/never/)).rejects.toThrow(/ended \(code 7, signal null\)[\s\S]*no such wheel/);
  expect(await child.exited).toEqual({ code: 7, signal: null });
});

test("ready gives up with the output so far", async () => {
  await using child = spawnNode(count);
  await child.ready(/counting/);
  await expect(child.ready(/never/, { timeoutMs: 50 })).rejects.toThrow(/Waited 50 ms for \/never\/[\s\S]*counting/);
});

test("kill sends the signal and waits for the end", async () => {
  await using child = spawnNode(count);
  await child.ready(/counting/);
  expect(await child.kill("SIGTERM")).toEqual({ code: null, signal: "SIGTERM" });
});

test("the end is told even while a grandchild holds the output open", async () => {
  await using child = spawnNode(count, { args: ["leave"] });
  const startedAt = performance.now();
  expect(await child.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});

test("a signal that does not end the process is sent without waiting", async () => {
  await using child = spawnNode(count);
  await child.ready(/counting/);
  child.signal("SIGSTOP");
  child.signal("SIGCONT");
  expect(await child.kill("SIGTERM")).toEqual({ code: null, signal: "SIGTERM" });
});

test("the process is gone when the test's block ends", async () => {
  let pid: number;
  {
    await using child = spawnNode(count);
    await child.ready(/counting/);
    pid = child.pid;
  }
  expect(identify(pid)).toBeUndefined();
});

test("the process ends when its parent is killed", async () => {
  await using parent = spawnNode(new URL("../test/spawn-a-child.ts", import.meta.url));
  const [, pid] = await parent.ready(/child (\d+)/);
  expect(identify(Number(pid))).toBeDefined();
  await parent.kill("SIGKILL");
  await waitFor(() => identify(Number(pid)) === undefined, { what: "the child to end" });
});
