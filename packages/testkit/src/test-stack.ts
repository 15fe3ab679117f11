import { type Stack, startStack } from "./start-stack.ts";
import { stackAddressVariable } from "./vitest-global-setup.ts";

export type TestStack = Pick<Stack, "databaseUrl" | "redisUrl" | "origin">;

let started: Promise<TestStack> | undefined;

/**
 * The PostgreSQL and Redis of this test run, started at the first call and shared by all test files. Without the
 * global setup (a test file run by itself in another way) they belong to this process.
 */
export function testStack(): Promise<TestStack> {
  started ??= askForStack();
  return started;
}

async function askForStack(): Promise<TestStack> {
  const address = process.env[stackAddressVariable];
  if (address === undefined) return startStack({ env: process.env });
  const answer = await fetch(address);
  const body = await answer.text();
  if (!answer.ok) throw new Error(body);
  return JSON.parse(body) as TestStack;
}
