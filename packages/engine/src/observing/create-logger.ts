import { type Logger, pino } from "pino";

export type { Logger } from "pino";

/**
 * The one logger of a process. Secrets and bodies are removed whatever a call site passes; numbers are masked by the
 * call sites with core's `maskNumber`, because only they know what is a number.
 */
export function createLogger(input: { level: string; name: string; destination?: pino.DestinationStream }): Logger {
  const options: pino.LoggerOptions = {
    name: input.name,
    level: input.level,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: secretPaths.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: "[redacted]",
    },
    serializers: { err: pino.stdSerializers.err },
  };
  return pino(options, input.destination ?? standardOutput());
}

/**
 * pino's own destination retries a broken pipe for ever when the process exits, so that `… | head` would leave a process
 * behind that never ends. This one lets go.
 */
function standardOutput(): pino.DestinationStream {
  if (!stdoutWatched) {
    stdoutWatched = true;
    process.stdout.on("error", () => {});
  }
  return { write: (line: string) => void process.stdout.write(line) };
}

let stdoutWatched = false;

const secretPaths = [
  "password",
  "secret",
  "secretKey",
  "accessKey",
  "basicAuth",
  "tokens",
  "authorization",
  "Authorization",
  "databaseUrl",
  "redisUrl",
  "body",
  "text",
  "smsText",
  "content",
  "vars",
  "preview",
];
