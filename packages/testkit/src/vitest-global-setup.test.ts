import { expect, onTestFinished, test } from "vitest";
import { serverProcesses } from "../test/server-processes.ts";
import { identify } from "./folder/process-identity.ts";
import type { Stack } from "./start-stack.ts";
import { testStackVariable } from "./test-stack.ts";
import setup from "./vitest-global-setup.ts";

test("one stack is started at the first question, given to all who ask, and ended with the run", async () => {
  const own = process.env[testStackVariable];
  const teardown = await setup();
  const address = process.env[testStackVariable] ?? "";
  onTestFinished(() => {
    if (own !== undefined) process.env[testStackVariable] = own;
  });
  const ask = async () => (await (await fetch(address)).json()) as Stack;
  const [one, other] = await Promise.all([ask(), ask()]);
  expect(one).toEqual(other);
  const { postgresPid, redisPid, keeperPid } = await serverProcesses(one);
  await teardown();
  expect([postgresPid, redisPid, keeperPid].map(identify)).toEqual([undefined, undefined, undefined]);
});

test("nobody without the address is told the passwords", async () => {
  const own = process.env[testStackVariable];
  const teardown = await setup();
  const address = new URL(process.env[testStackVariable] ?? "");
  onTestFinished(() => {
    if (own !== undefined) process.env[testStackVariable] = own;
  });
  expect((await fetch(address.origin)).status).toBe(404);
  await teardown();
});
