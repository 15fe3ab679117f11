import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { type Stack, startStack } from "./start-stack.ts";

/** Where a test process asks for the run's stack. */
export const stackAddressVariable = "HIKYAKU_TEST_STACK";

/**
 * One stack for the whole test run, started when the first test asks for it, so that runs of pure tests do not wait
 * for servers. Name this file in `globalSetup` of the vitest configuration.
 */
export default async function setup(): Promise<() => Promise<void>> {
  let stack: Promise<Stack> | undefined;
  const path = `/${randomUUID()}`;
  const server = createServer((request, response) => {
    if (request.url !== path) return void response.writeHead(404).end();
    stack ??= startStack({ env: process.env, log: (line) => console.error(line) });
    stack.then(
      ({ databaseUrl, redisUrl, origin }) => response.end(JSON.stringify({ databaseUrl, redisUrl, origin })),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the test stack's address is not known");
  process.env[stackAddressVariable] = `http://127.0.0.1:${address.port}${path}`;
  return async () => {
    delete process.env[stackAddressVariable];
    server.closeAllConnections();
    server.close();
    await (await stack?.catch(() => undefined))?.close();
  };
}
