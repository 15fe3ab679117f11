import { parseArgs } from "node:util";
import { pino } from "pino";
import { SimulatorOptionsError } from "../options.ts";
import type { SensSimulatorOptions } from "./options.ts";
import { startSensSimulator } from "./start-sens-simulator.ts";

const usage = `hikyaku simulator: NAVER Cloud SENS, simulated

  --port N               gateway port; 0 = a free one
  --admin-port N         admin API port; 0 = a free one
  --host ADDRESS         default 127.0.0.1
  --strict               refuse every field that the protocol does not have
  --options JSON         all other options, as in the README
  --until-stdin-closes   end when standard input ends
`;

// Not pino's own destination: with nobody left to read standard output it would retry its last line for ever.
const log = pino({ name: "sens-simulator" }, { write: (line) => void process.stdout.write(line) });
process.stdout.on("error", () => {});

try {
  const { options, untilStdinCloses, help } = readArguments(process.argv.slice(2));
  if (help) process.stdout.write(usage);
  else await run(options, untilStdinCloses);
} catch (error) {
  if (error instanceof SimulatorOptionsError) process.stderr.write(`${error.message}\n\n${usage}`);
  else log.fatal({ err: error }, "simulator could not start");
  process.exitCode = error instanceof SimulatorOptionsError ? 2 : 1;
}

async function run(options: SensSimulatorOptions, untilStdinCloses: boolean): Promise<void> {
  const simulator = await startSensSimulator(options);
  let isStopping = false;
  const stop = async (reason: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ reason }, "simulator draining");
    await simulator.close();
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop("SIGTERM"));
  process.on("SIGINT", () => void stop("SIGINT"));
  if (untilStdinCloses) {
    // Its end comes however the one at the other end went: closed it, ended, or was killed.
    process.stdin
      .on("error", () => {})
      .on("close", () => void stop("standard input ended"))
      .resume();
  }
  const { gatewayUrl, adminUrl, alimtalkServiceId, smsServiceId } = simulator;
  // Said last: whoever reads it may send a signal at once.
  log.info({ gatewayUrl, adminUrl, alimtalkServiceId, smsServiceId }, "simulator listening");
}

function readArguments(argv: string[]): { options: SensSimulatorOptions; untilStdinCloses: boolean; help: boolean } {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        port: { type: "string" },
        "admin-port": { type: "string" },
        host: { type: "string" },
        strict: { type: "boolean" },
        options: { type: "string" },
        "until-stdin-closes": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    const { port, "admin-port": adminPort, host, strict } = values;
    const options = {
      ...(values.options === undefined ? {} : (JSON.parse(values.options) as SensSimulatorOptions)),
      ...(port === undefined ? {} : { port: Number(port) }),
      ...(adminPort === undefined ? {} : { adminPort: Number(adminPort) }),
      ...(host === undefined ? {} : { host }),
      ...(strict === undefined ? {} : { strict }),
    };
    return { options, untilStdinCloses: values["until-stdin-closes"] ?? false, help: values.help ?? false };
  } catch (error) {
    throw new SimulatorOptionsError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
