import { readFileSync } from "node:fs";
import { pino } from "pino";
import { SimulatorOptionsError } from "./options.ts";
import { readProcessOptions, usage } from "./process-options.ts";
import { startSimulator } from "./start-simulator.ts";

// Not pino's own destination: with nobody left to read standard output (`… | head`, a starter that was killed) it would
// retry its last line for ever when the process exits, and the simulator would never be gone.
const log = pino({ name: "simulator" }, { write: (line) => void process.stdout.write(line) });
process.stdout.on("error", () => {});

try {
  const { options, untilStdinCloses, help } = readProcessOptions(process.argv.slice(2), process.env, (path) =>
    readFileSync(path, "utf8"),
  );
  if (help) {
    process.stdout.write(usage);
  } else {
    const simulator = await startSimulator(options);
    const { gatewayUrl, controlUrl } = simulator;
    const accounts = simulator.accounts().map(({ botId, baseUrl }) => ({ botId, baseUrl }));

    let isStopping = false;
    const stop = async (reason: string) => {
      if (isStopping) return;
      isStopping = true;
      log.info({ reason }, "simulator draining");
      await simulator.close();
      log.info("simulator stopped");
      process.exit(0);
    };
    process.on("SIGTERM", () => void stop("SIGTERM"));
    process.on("SIGINT", () => void stop("SIGINT"));
    if (untilStdinCloses) followStandardInput(() => void stop("standard input ended"));
    // Said last: whoever reads it may send a signal at once.
    log.info({ gatewayUrl, controlUrl, accounts }, "simulator listening");
  }
} catch (error) {
  if (error instanceof SimulatorOptionsError) process.stderr.write(`${error.message}\n\n${usage}`);
  else log.fatal({ err: error }, "simulator could not start");
  process.exitCode = error instanceof SimulatorOptionsError ? 2 : 1;
}

/** Its end comes however the one at the other end went: closed it, ended, or was killed. */
function followStandardInput(ended: () => void): void {
  process.stdin
    .on("error", () => {})
    .on("close", ended)
    .resume();
}
