import { parseArgs } from "node:util";
import { type SimulatorOptions, SimulatorOptionsError } from "./options.ts";

export interface ProcessOptions {
  readonly options: SimulatorOptions;
  /** Ends with whoever started it: the end of standard input is taken as SIGTERM. */
  readonly untilStdinCloses: boolean;
  readonly help: boolean;
}

export const usage = `hikyaku simulator: the gateway of KDDI Message Cast, simulated

  --port N               gateway port; 0 = a free one          SIMULATOR_PORT
  --control-port N       control API port; 0 = a free one      SIMULATOR_CONTROL_PORT
  --host ADDRESS         default 127.0.0.1                     SIMULATOR_HOST
  --strict               refuse every tolerated deviation      SIMULATOR_STRICT=true
  --options JSON         all other options, as in the README   SIMULATOR_OPTIONS
  --options-file FILE    the same from a file                  SIMULATOR_OPTIONS_FILE
  --until-stdin-closes   end when standard input ends
`;

/**
 * Options of a process: the file, then `options`, then single values; a flag goes before its environment variable.
 * @throws SimulatorOptionsError naming the flag or variable that cannot be used.
 */
export function readProcessOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): ProcessOptions {
  const { values } = parseFlags(argv);
  const file = values["options-file"] ?? env.SIMULATOR_OPTIONS_FILE;
  const inline = values.options ?? env.SIMULATOR_OPTIONS;
  const port = values.port ?? env.SIMULATOR_PORT;
  const controlPort = values["control-port"] ?? env.SIMULATOR_CONTROL_PORT;
  const host = values.host ?? env.SIMULATOR_HOST;
  const strict = values.strict ?? (env.SIMULATOR_STRICT === undefined ? undefined : env.SIMULATOR_STRICT === "true");
  return {
    options: {
      ...(file === undefined ? {} : readJson("options file", readFile(file))),
      ...(inline === undefined ? {} : readJson("--options or SIMULATOR_OPTIONS", inline)),
      ...(port === undefined ? {} : { port: Number(port) }),
      ...(controlPort === undefined ? {} : { controlPort: Number(controlPort) }),
      ...(host === undefined ? {} : { host }),
      ...(strict === undefined ? {} : { strict }),
    },
    untilStdinCloses: values["until-stdin-closes"] ?? false,
    help: values.help ?? false,
  };
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: "string" },
        "control-port": { type: "string" },
        host: { type: "string" },
        strict: { type: "boolean" },
        options: { type: "string" },
        "options-file": { type: "string" },
        "until-stdin-closes": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new SimulatorOptionsError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readJson(source: string, text: string): SimulatorOptions {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SimulatorOptionsError(`${source} is not JSON: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SimulatorOptionsError(`${source} must be a JSON object`);
  }
  return value as SimulatorOptions;
}
