/** Prints its arguments and some of its environment, and stays unless told to end. */
import { spawn } from "node:child_process";

console.log(`counting ${process.argv.slice(2).join(",")} ${process.env.GREETING ?? "-"}`);
if (process.argv[2] === "leave") {
  // Holds this process's output open.
  spawn("/bin/sleep", ["5"], { stdio: "inherit", detached: true }).unref();
  process.exit(0);
}
if (process.argv[2] === "fail") {
  console.error("no such wheel");
  process.exit(7);
}
setInterval(() => {}, 60_000);
