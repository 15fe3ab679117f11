/** Gets the unpacked Redis and tells where it is. */
import { unpackRedis } from "../src/servers/unpack-redis.ts";

const { command } = await unpackRedis(process.env, () => {});
console.log(`command ${command}`);
