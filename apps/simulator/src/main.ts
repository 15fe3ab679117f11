import { readFileSync } from "node:fs";
import { pino } from "pino";
import { SimulatorOptionsError } from "./options.ts";
import { readProcessOptions, usage } from "./process-options.ts";
import { startSimulator } from "./start-simulator.ts";

const log = pino({ name: "simulator" });

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
    log.info({ gatewayUrl, controlUrl, accounts }, "simulator listening");

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
    if (untilStdinCloses) process.stdin.on("end", () => void stop("standard input ended")).resume();
  }
} catch (error) {
  if (error instanceof SimulatorOptionsError) process.stderr.write(`${error.message}\n\n${usage}`);
  else log.fatal({ err: error }, "simulator could not start");
  process.exitCode = error instanceof SimulatorOptionsError ? 2 : 1;
}
