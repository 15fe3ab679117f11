import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished, vi } from "vitest";
import { account, send } from "../test/support.ts";
import { spawnSimulator } from "./index.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it("a process of its own answers, finishes open requests on SIGTERM, and is gone", async () => {
  await using simulator = await spawnSimulator({ accounts: [account], acceptDelayMs: 300 });
  expect((await fetch(`${simulator.controlUrl}/healthz`)).status).toBe(200);
  const open = send(simulator, "+819012345678");
  await vi.waitFor(async () => {
    const metrics = (await (await fetch(`${simulator.controlUrl}/sim/metrics`)).json()) as { accepted: number };
    expect(metrics.accepted).toBe(1);
  });
  const closed = simulator.close();
  expect((await open).status).toBe(202);
  await closed;
  expect(isAlive(simulator.pid)).toBe(false);
});

it("a process started to follow its parent ends when the parent's pipe does", async () => {
  const child = spawn(process.execPath, [main, "--until-stdin-closes"], { stdio: ["pipe", "pipe", "inherit"] });
  // However the test ends, the process does too.
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  expect(JSON.parse(line.toString("utf8"))).toMatchObject({
    msg: "simulator listening",
    gatewayUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    controlUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    accounts: [{ botId: "bot_0001", baseUrl: expect.stringMatching(/\/au$/) }],
  });
  expect(line.toString("utf8")).not.toContain("password");
  const exited = once(child, "exit");
  child.stdin.end();
  expect((await exited)[0]).toBe(0);
});

it("a simulator ends when the process that spawned it is killed", async () => {
  const index = new URL("./index.ts", import.meta.url).href;
  const script = `const { spawnSimulator } = await import(${JSON.stringify(index)});
    console.log((await spawnSimulator()).pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [printed] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(printed.toString("utf8"));
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
});

it("a process whose output nobody reads any more still ends on SIGTERM", async () => {
  const child = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const gone = once(child.stdout, "close");
  child.stdout.destroy();
  await gone;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});

it("wrong options end the process with status 2 and the reason", async () => {
  await expect(spawnSimulator({ tpsWindow: "hour" as "bucket" })).rejects.toThrow("tpsWindow");
  const child = spawn(process.execPath, [main, "--prot"], { stdio: "ignore" });
  expect((await once(child, "exit"))[0]).toBe(2);
});
