export { createDatabase, type TestDatabase } from "./create-database.ts";
export { createRedis, type TestRedis } from "./create-redis.ts";
export { StackError, type StackErrorCode } from "./errors.ts";
export { freePort } from "./free-port.ts";
export { type PrivateRedisOptions, type PrivateServer, startPostgres, startRedis } from "./private-servers.ts";
export { type NodeExit, type NodeProcess, type SpawnNodeOptions, spawnNode } from "./spawn-node.ts";
export { type Stack, type StackOptions, startStack } from "./start-stack.ts";
export { type TestStack, testStack } from "./test-stack.ts";
export { type WaitForOptions, waitFor } from "./wait-for.ts";
