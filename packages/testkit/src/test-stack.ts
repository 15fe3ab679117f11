import { type Stack, startStack } from "./start-stack.ts";

export type TestStack = Pick<Stack, "databaseUrl" | "redisUrl" | "origin">;

/** Names the address at which the global setup hands out the run's stack. */
export const testStackVariable = "HIKYAKU_TEST_STACK";

let stack: Promise<TestStack> | undefined;

/**
 * The PostgreSQL and Redis of this test run, started at the first call and shared by all test files. Without the
 * global setup they belong to this process.
 */
export function testStack(): Promise<TestStack> {
  stack ??= askForStack(process.env[testStackVariable]);
  return stack;
}

async function askForStack(address: string | undefined): Promise<TestStack> {
  if (address === undefined)
    return startStack({ env: process.env, preferDocker: true, log: (line) => console.error(line) });
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as TestStack;
}
