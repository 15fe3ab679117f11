import type { SimulatorOptions } from "@hikyaku/simulator";
import { rehearsalSimulator } from "../system/simulator-account.ts";

/**
 * The campaign's text: every `#{…}` is a column of `examples/recipients.csv`. A confirmation and no advertising, so that the demo
 * runs at any hour.
 */
export const demoText =
  "【飛脚堂】#{氏名}様、#{店舗}での「#{クーポン}」の交換を承りました。#{ポイント}ポイント、#{有効期限}まで";

/** They asked for no more messages before the campaign; both stand in the file. */
export const demoSuppressed = ["+819009000001", "+819009000002"] as const;

/** A gateway that refuses every deviation, where numbers 090-0999-xxNN behave as NN says (see apps/simulator). */
export const demoSimulator: SimulatorOptions = rehearsalSimulator({
  strict: true,
  magicPrefixes: ["+81900999"],
  // Now and then a connection breaks before the gateway has taken the message: nobody can know, on our side.
  faults: { closeBeforeStore: 0.003, on: "sends" },
});

/** Slow answers are given up after this; the carrier's own gateway deserves the default of 35 s. */
export const demoRouteSettings = { responseTimeout: "4s", connectTimeout: "2s" };

/**
 * Waits that are minutes and days with a carrier, as seconds: first status check, retries, and the climb after a 503.
 * Everything else is as it comes.
 */
export const demoConfig = (redisPrefix: string): string => `\
redisPrefix: ${redisPrefix}
console: { port: 0 }
receiver: { port: 0, host: 127.0.0.1 }
receiptGrace: 8s
statusChecks: { afterMinutes: [0.2, 0.4, 0.6, 0.8, 1, 2, 5] }
retry: { maxAttempts: 4, base: 300ms, cap: 3s }
throttle: { climbEvery: 1s, climbBy: 0.25 }
`;
