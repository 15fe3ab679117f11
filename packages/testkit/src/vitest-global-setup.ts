import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type Stack, startStack } from "./start-stack.ts";
import { testStackVariable } from "./test-stack.ts";

/**
 * One stack for the whole test run, started when the first test asks for it, so that a run of pure tests does not
 * wait for servers. To be named in vitest's `globalSetup`.
 */
export default async function setup(): Promise<() => Promise<void>> {
  let stack: Promise<Stack> | undefined;
  // Nobody else on this machine is to learn the passwords.
  const path = `/${randomUUID()}`;
  const server = createServer(async (request, response) => {
    if (request.url !== path) return void response.writeHead(404).end();
    stack ??= startStack({ env: process.env, preferDocker: true, log: (line) => console.error(line) });
    try {
      const { databaseUrl, redisUrl, origin } = await stack;
      response.end(JSON.stringify({ databaseUrl, redisUrl, origin }));
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.message : String(error));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test stack's server has no port");
  process.env[testStackVariable] = `http://127.0.0.1:${address.port}${path}`;
  return async () => {
    delete process.env[testStackVariable];
    server.close();
    server.closeAllConnections();
    await (await stack?.catch(() => undefined))?.close();
  };
}
