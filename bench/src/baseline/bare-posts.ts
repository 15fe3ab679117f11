// undici and nothing else: as many requests in flight as allowed, each followed by the next. What a gateway lets anybody reach.
import { once } from "node:events";
import { benchNumber } from "../stage.ts";
import { createPost } from "./post.ts";
import { stageOf } from "./stage-of.ts";

const stage = stageOf(process.env);
const post = createPost(stage.gatewayUrl, stage.concurrency);
let posted = 0;

async function postForEver(): Promise<never> {
  for (;;) {
    const n = posted++;
    await post(benchNumber(n), n);
  }
}

process.on("SIGUSR2", () => {
  for (let line = 0; line < stage.concurrency; line += 1) void postForEver();
});
// Nothing is open until the first request, and waiting for a signal keeps no process alive.
const alive = setInterval(() => {}, 60_000);
console.log("ready");
await once(process, "SIGTERM");
clearInterval(alive);
process.exit(0);
