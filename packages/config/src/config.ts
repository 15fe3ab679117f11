import type { ClassRules } from "@hikyaku/core";
import type * as z from "zod";
import type { RouteEvents } from "./route-events.ts";
import type { routeSchema } from "./route-schema.ts";
import type { configSchema } from "./schema.ts";

type Parsed = z.output<typeof configSchema>;
type ParsedRoute = z.output<typeof routeSchema>;

/** The whole configuration, checked, defaults filled in. Durations are milliseconds and say so in their names. */
export interface Config extends Omit<Parsed, "routes" | "databaseUrl" | "redisUrl"> {
  /** The file it came from; null when there was none. */
  file: string | null;
  databaseUrl: string | null;
  redisUrl: string | null;
  routes: Record<string, RouteConfig>;
}

/** One sender account with the settings that hold for it: its own where given, the file's otherwise. */
export interface RouteConfig extends Pick<Parsed, "receiptGraceMs" | "statusChecks" | "retry" | "unknown" | "replies"> {
  name: string;
  provider: string;
  /** What the provider's own schema made of the rest of the route; for `Provider.connect` and nobody else. */
  settings: unknown;
  limits: RouteLimits;
  /** null: the route takes no notifications. */
  hooks: NonNullable<ParsedRoute["hooks"]> | null;
  /** null: nothing of it is told to anybody. */
  events: RouteEvents | null;
  /** What holds for its messages by their class. */
  classRules: ClassRules;
}

export interface RouteLimits {
  /** Requests per second over all processes; null for no limit. */
  tps: number | null;
  /** Requests in flight at once over all processes. */
  concurrency: number;
}

/** What the configuration must know of a provider. */
export interface RouteSchema {
  /** Strict schema of the provider's part of a route, `provider` included. */
  settings: z.ZodType;
  /** Limits that hold where the route names none. */
  limits: RouteLimits;
  /** Times that hold where the route names none, for a carrier whom the file's own do not suit, e.g. one without notifications. */
  receipts?: CarrierReceipts;
}

export interface CarrierReceipts {
  receiptGraceMs: number;
  statusChecks: { afterMinutes: number[]; lastCheckMarginMs: number };
}

/** By the name that stands under `provider`. */
export type RouteSchemas = Readonly<Record<string, RouteSchema>>;
