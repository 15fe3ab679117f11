import { connectLedger } from "@hikyaku/ledger";
import { createProducer } from "@hikyaku/producer";
import pino from "pino";
import { createMetrics } from "../src/index.ts";
import { createScheduleRunner } from "../src/schedules/create-schedule-runner.ts";

/** A process that runs schedules, with its log on standard output; it drains on SIGTERM. */
const [databaseUrl = "", redisUrl = "", redisPrefix = ""] = process.argv.slice(2);
const ledger = connectLedger(databaseUrl, { max: 3 });
const runner = createScheduleRunner({
  ledger,
  openProducer: () => createProducer({ databaseUrl, redisUrl, redisPrefix }),
  log: pino({ base: null }, pino.destination({ dest: 1, sync: true })),
  metrics: createMetrics({ process: "test", withDefaults: false }),
});
console.log("runs schedules");
process.once("SIGTERM", async () => {
  await runner.close();
  await ledger.close();
});
