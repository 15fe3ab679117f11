#!/usr/bin/env node
import { runProcess, startPoller } from "@hikyaku/engine";

await runProcess({
  kind: "poller",
  start: startPoller,
  health: (config) => (config.poller.healthPort === null ? null : { port: config.poller.healthPort, host: "0.0.0.0" }),
});
