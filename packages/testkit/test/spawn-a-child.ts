/** Starts another process by `spawnNode`, tells its number and waits. */
import { spawnNode } from "../src/spawn-node.ts";

const child = spawnNode(new URL("./count.ts", import.meta.url));
await child.ready(/counting/);
console.log(`child ${child.pid}`);
setInterval(() => {}, 60_000);
