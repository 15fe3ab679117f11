export type { CarrierReceipts, Config, RouteConfig, RouteLimits, RouteSchema, RouteSchemas } from "./config.ts";
export { describeConfig } from "./describe.ts";
export { ConfigError, type ConfigFault, formatFault } from "./fault.ts";
export { type LoadOptions, loadConfig, requireConfig } from "./load.ts";
export { type ConfigResult, type ConfigSource, parseConfig, redactConfig } from "./parse.ts";
export type { RouteEvents } from "./route-events.ts";
