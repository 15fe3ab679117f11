#!/usr/bin/env node
import { runProcess, startWorker } from "@hikyaku/engine";

await runProcess({
  kind: "worker",
  start: startWorker,
  health: (config) => (config.worker.healthPort === null ? null : { port: config.worker.healthPort, host: "0.0.0.0" }),
});
