/** Starts a keeper, gives it a server to start, and is killed before the keeper has heard of anything. */
import { createKeeper } from "../src/keeper/keeper.ts";

const keeper = await createKeeper();
void keeper.start({
  command: "/bin/sleep",
  args: ["600"],
  cwd: "/",
  env: {},
  logFile: "/dev/null",
  stopSignals: [],
});
process.stdout.write(`keeper ${keeper.pid}\n`);
setImmediate(() => process.kill(process.pid, "SIGKILL"));
