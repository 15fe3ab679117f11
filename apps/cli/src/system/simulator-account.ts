import { randomBytes } from "node:crypto";
import type { SimulatorOptions } from "@hikyaku/simulator";

/** A simulator for rehearsals: one account for SMS and +Message, with limits as a contract may have them. */
export function rehearsalSimulator(options: SimulatorOptions = {}): SimulatorOptions {
  const account = {
    aggid: "au",
    botId: "bot_0001",
    user: "simulator",
    password: randomBytes(12).toString("base64url"),
    tokens: { au: "au-token", docomo: "docomo-token", softbank: "softbank-token" },
    smsNumbers: ["0312345678"],
    tps: 100,
    concurrency: 20,
  };
  return { accounts: [account], ...options };
}
