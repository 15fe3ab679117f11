import { z } from "zod";
import type { Random } from "../random.ts";

const rate = z.number().min(0).max(1);
const statusRates = z.partialRecord(
  z.enum(["400", "401", "403", "404", "408", "429", "500", "502", "503", "504"]),
  rate,
);
type StatusRates = z.output<typeof statusRates>;

/** Disturbances by probability. They strike requests that are otherwise right, between steps 9 and 10 of §19.1. */
export const faultsSchema = z
  .strictObject({
    /** Answered with this status; the message is not accepted. */
    statusRates: statusRates.default({}),
    /** Answered with this status although the message was accepted. */
    storedStatusRates: statusRates.default({}),
    closeBeforeStore: rate.default(0),
    closeAfterStore: rate.default(0),
    /** Adds `ms` to the answer of this share of requests. */
    latency: z.strictObject({ rate, ms: z.number().min(0) }).default({ rate: 0, ms: 0 }),
    /** Share of notifications that are never sent, and that are sent twice. */
    notificationLost: rate.default(0),
    notificationTwice: rate.default(0),
    /** Which requests are struck; storing faults concern sends only. */
    on: z.enum(["all", "sends", "status", "capability", "subscribers"]).default("all"),
    /** Only these accounts; absent = all. */
    botIds: z.array(z.string()).optional(),
  })
  .refine((faults) => sumOfRates(faults.statusRates) + faults.closeBeforeStore <= 1, {
    message: "statusRates and closeBeforeStore add up to more than 1",
  })
  .refine((faults) => sumOfRates(faults.storedStatusRates) + faults.closeAfterStore <= 1, {
    message: "storedStatusRates and closeAfterStore add up to more than 1",
  });
export type Faults = z.output<typeof faultsSchema>;
export type FaultsInput = z.input<typeof faultsSchema>;

export type RequestKind = Exclude<Faults["on"], "all">;

/** A drawn disturbance: an HTTP status, or the socket is cut. */
export type Disturbance = number | "closed";

export function drawBeforeStore(
  faults: Faults,
  kind: RequestKind,
  botId: string,
  random: Random,
): Disturbance | undefined {
  if (!concerns(faults, kind, botId)) return undefined;
  return drawFrom(faults.statusRates, faults.closeBeforeStore, random);
}

export function drawAfterStore(faults: Faults, botId: string, random: Random): Disturbance | undefined {
  if (!concerns(faults, "sends", botId)) return undefined;
  return drawFrom(faults.storedStatusRates, faults.closeAfterStore, random);
}

export function drawLatencyMs(faults: Faults, kind: RequestKind, botId: string, random: Random): number {
  return concerns(faults, kind, botId) && random.happens(faults.latency.rate) ? faults.latency.ms : 0;
}

function concerns(faults: Faults, kind: RequestKind, botId: string): boolean {
  return (faults.on === "all" || faults.on === kind) && (faults.botIds?.includes(botId) ?? true);
}

function drawFrom(rates: StatusRates, closeRate: number, random: Random): Disturbance | undefined {
  const total = sumOfRates(rates) + closeRate;
  if (total === 0) return undefined;
  let left = random.next();
  for (const [status, share] of Object.entries(rates)) {
    left -= share ?? 0;
    if (left < 0) return Number(status);
  }
  return left < closeRate ? "closed" : undefined;
}

function sumOfRates(rates: StatusRates): number {
  let sum = 0;
  for (const status in rates) sum += rates[status as keyof typeof rates] ?? 0;
  return sum;
}
