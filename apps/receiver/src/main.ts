#!/usr/bin/env node
import { runProcess } from "@hikyaku/engine";
import { startReceiver } from "./start-receiver.ts";

await runProcess({ kind: "receiver", start: startReceiver, health: () => null });
