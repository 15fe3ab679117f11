/** Starts a keeper and is killed before the keeper has heard of anything. */
import { createKeeper } from "../src/keeper/keeper.ts";

const { pid } = await createKeeper();
process.stdout.write(`keeper ${pid}\n`, () => process.kill(process.pid, "SIGKILL"));
