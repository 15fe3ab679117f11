#!/usr/bin/env node
import { runProcess } from "@hikyaku/engine";
import { startConsole } from "./start-console.ts";

await runProcess({ kind: "console", start: startConsole, health: () => null });
