/**
 * A program that uses a stack and ends in the way its first argument names. Prints one JSON line when the stack is up.
 * Arguments: how it ends, data folder or nothing.
 */
import { startStack } from "../src/start-stack.ts";
import { serverProcesses } from "./server-processes.ts";

const [how, dataDir] = process.argv.slice(2);
const { DATABASE_URL: _, REDIS_URL: __, ...env } = process.env;
const stack = await startStack({ env, dataDir, log: (line) => console.error(line) });
console.log(JSON.stringify({ ...stack, ...(await serverProcesses(stack)) }));

switch (how) {
  case "return":
    break;
  case "exit":
    process.exit(3);
    break;
  case "throw":
    setTimeout(() => {
      throw new Error("nobody catches this");
    });
    break;
  case "close":
    await stack.close();
    console.log("closed");
    break;
  case "drain":
    process.once("SIGINT", async () => {
      console.log(`drained ${JSON.stringify(await serverProcesses(stack))}`);
      process.exit(0);
    });
    setInterval(() => {}, 60_000);
    break;
  default:
    setInterval(() => {}, 60_000);
}
