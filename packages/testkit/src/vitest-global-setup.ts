import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { dockerAnswers } from "./servers/docker.ts";
import { findRedisOnPath } from "./servers/redis-on-path.ts";
import { canUnpackRedis, isRedisUnpacked } from "./servers/unpack-redis.ts";
import { type Stack, startStack } from "./start-stack.ts";
import { testStackVariable } from "./test-stack.ts";

/**
 * One stack for the whole test run, started when the first test asks for it, so that a run of pure tests does not
 * wait for servers; or right away, where images or packages may have to be fetched first, which takes longer than a
 * test may. To be named in vitest's `globalSetup`.
 */
export default async function setup(): Promise<() => Promise<void>> {
  let stack: Promise<Stack> | undefined;
  const startOnce = () => {
    stack ??= startStack({ env: process.env, preferDocker: true, log: (line) => console.error(line) });
    return stack;
  };
  // Nobody else on this machine is to learn the passwords.
  const path = `/${randomUUID()}`;
  const server = createServer(async (request, response) => {
    if (request.url !== path) return void response.writeHead(404).end();
    try {
      const { databaseUrl, redisUrl, origin } = await startOnce();
      response.end(JSON.stringify({ databaseUrl, redisUrl, origin }));
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.message : String(error));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test stack's server has no port");
  // A failure is told to the tests that ask; the others need no servers.
  if (await mayFetch(process.env)) await startOnce().catch(() => {});
  process.env[testStackVariable] = `http://127.0.0.1:${address.port}${path}`;
  return async () => {
    delete process.env[testStackVariable];
    server.close();
    server.closeAllConnections();
    await (await stack?.catch(() => undefined))?.close();
  };
}

async function mayFetch(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (env.DATABASE_URL && env.REDIS_URL) return false;
  if (await dockerAnswers(env)) return true;
  if (env.REDIS_URL || (await findRedisOnPath(env.PATH, () => {})) !== undefined) return false;
  return canUnpackRedis() && !(await isRedisUnpacked(env));
}
