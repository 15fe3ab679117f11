/** The keys of one installation begin with this, so that several can share a Redis. */
export const defaultPrefix = "hikyaku";

/** `campaign`: fed from the ledger. `single`: transactional messages, which no campaign job may stand before. */
export type Lane = "campaign" | "single";

export const lanes = ["campaign", "single"] as const satisfies readonly Lane[];

/** The BullMQ queue of a lane. BullMQ forbids ":" in names; routes are named as the configuration allows. */
export function sendQueueName(route: string, lane: Lane): string {
  return `send.${checkRoute(route)}.${lane}`;
}

/** The BullMQ queue of a place that events go to: `*` for the one of the whole configuration, else a route. */
export function eventQueueName(endpoint: string): string {
  return endpoint === "*" ? "events" : `events.${checkRoute(endpoint)}`;
}

/** Begins every key of a route's throttle (bottleneck puts its own `b_` before it). */
export function throttleKey(prefix: string, route: string): string {
  return `${checkPrefix(prefix)}:throttle:${checkRoute(route)}`;
}

/** List of outcomes the ledger could not take. */
export function parkedOutcomesKey(prefix: string, route: string): string {
  return `${checkPrefix(prefix)}:parked:${checkRoute(route)}`;
}

/** List of notifications the ledger could not take in time, of all routes. */
export function parkedReceiptsKey(prefix: string): string {
  return `${checkPrefix(prefix)}:receipts`;
}

/** Pub/sub channel that wakes feeders. */
export function feederChannel(prefix: string): string {
  return `${checkPrefix(prefix)}:feeder`;
}

/** Holds the name of Redis's present life. */
export function epochKey(prefix: string): string {
  return `${checkPrefix(prefix)}:epoch`;
}

function checkRoute(route: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(route)) return route;
  throw new TypeError(
    `route: ${JSON.stringify(route)} must consist of letters, digits, ".", "_" and "-"; rename the route`,
  );
}

function checkPrefix(prefix: string): string {
  if (/^[\w.-]+$/.test(prefix)) return prefix;
  throw new TypeError(`prefix: ${JSON.stringify(prefix)} must consist of letters, digits, "_" and "-"`);
}
