import Bottleneck from "bottleneck";
import { Redis } from "ioredis";
import type { RedisConnections } from "../connection.ts";
import type { RedisClock } from "./redis-clock.ts";

/** Consecutive slots of a route's pace that belong to this process. */
export interface Lease {
  /** Redis time of the first, ms. */
  startsAt: number;
  /** From one slot to the next, ms. */
  intervalMs: number;
  count: number;
}

/** One pace for all processes, on a clustered bottleneck limiter. */
export interface Pacer {
  /** The next `count` slots. Resolves when the first has come; waits while Redis is away. Nothing comes of it after `close`. */
  lease(count: number): Promise<Lease>;
}

export interface PacerConnection {
  /** @param intervalMs ms per slot that the limiter starts with where Redis does not know it (any more) */
  pacer(id: string, intervalMs: () => number): Pacer;
  close(): void;
}

/**
 * A new pace begins this long after it was made. It may replace one that a FLUSHALL swept away, whose last slots are still
 * in the processes' hands.
 */
export const newPaceRestMs = 1_000;

/**
 * A pause of Redis or of the processes is made up for as far as this: the slots that nobody could take are given out late
 * (`late-starts.ts` keeps them from crowding a second).
 */
export const madeUpMs = 60;

/** Where bottleneck keeps a limiter's settings; `minTime` there is ms per slot, `nextRequest` the next free moment. */
export function paceSettingsKey(id: string): string {
  return `b_${id}_settings`;
}

/**
 * bottleneck 2.19.5 as it comes would pace by each host's own clock, cost `minTime` whatever a job weighs, and tell the
 * caller its slot only by a timer that fires somewhat late. Small changes at its connection mend that:
 *
 * - the `now` that goes with every script is Redis's clock;
 * - a job of weight k takes k slots (one job leases k permits, and the pace in force is charged in the same script, so a
 *   change of rate holds from the next lease on, whatever this process has heard of it);
 * - the answer to `register` also says the moment of the slot, so lateness of timers does not move the pace;
 * - Redis 7 puts "ERR " before the errors of scripts, by which bottleneck no longer recognises that its keys are gone, and
 *   would never come back from a FLUSHALL.
 */
export function openPacerConnection(
  connections: RedisConnections,
  clock: RedisClock,
  onError: (error: Error) => void,
): PacerConnection {
  const client = connections.open();
  const define = client.defineCommand.bind(client);
  client.defineCommand = (name, definition) =>
    define(name, name === "register" ? { ...definition, lua: chargeByWeight(definition.lua) } : definition);

  const connection = new Bottleneck.IORedisConnection({
    client,
    // Not used when there is a client, but without it bottleneck would look for an ioredis of its own.
    Redis,
  } as object) as unknown as ClusterConnection;
  connection.on("error", onError);
  const limiters = new Map<string, { intervalMs: () => number; registered: Lease[] }>();
  const scriptArguments = connection.__scriptArgs__.bind(connection);
  connection.__scriptArgs__ = (name, id, args, callback) => {
    const limiter = limiters.get(id);
    const [, ...rest] = args;
    const now = clock.now() + (name === "init" ? newPaceRestMs : 0);
    if (name === "init" && limiter !== undefined) {
      rest[rest.indexOf("minTime") + 1] = limiter.intervalMs().toFixed(3);
    }
    return scriptArguments(name, id, [now.toFixed(3), ...rest], (error, reply) => {
      if (name === "register" && Array.isArray(reply) && reply.length >= 5) {
        limiter?.registered.push({
          startsAt: Number(reply[3]),
          intervalMs: Number(reply[4]),
          count: Number(rest[2]),
        });
      }
      callback(asBottleneckKnowsIt(error), reply);
    });
  };

  const stops: (() => void)[] = [];
  return {
    pacer(id, intervalMs) {
      const registered: Lease[] = [];
      limiters.set(id, { intervalMs, registered });
      const limiter = new Bottleneck({
        id,
        minTime: intervalMs(),
        connection: connection as unknown as InstanceType<typeof Bottleneck.IORedisConnection>,
        // Each heartbeat also makes waiting limiters look again, should an error have cost them their turn.
        heartbeatInterval: 2_000,
      });
      limiter.on("error", onError);
      // Registered one after the other, and scheduled in that order.
      const leases = new Map<string | undefined, Lease>();
      limiter.on("scheduled", ({ options }) => {
        const lease = registered.shift();
        if (lease !== undefined) leases.set(options.id, lease);
      });
      // Rejects when it is closed before Redis has answered.
      limiter.ready().catch(() => {});
      stops.push(() => void limiter.stop({ dropWaitingJobs: true }).catch(() => {}));
      let leased = 0;
      return {
        lease(count) {
          const jobId = `${id}:${leased++}`;
          // The expiration only clears bottleneck's books after a crash; nothing waits for it.
          return limiter.schedule({ id: jobId, weight: count, expiration: 600_000 }, async () => {
            const lease = leases.get(jobId);
            leases.delete(jobId);
            if (lease === undefined) throw new Error("bottleneck ran a job that it had not registered");
            return lease;
          });
        },
      };
    },
    close() {
      for (const stop of stops) stop();
      // Also ends the limiters' heartbeats.
      connection.disconnect(false);
    },
  };
}

/** The parts of bottleneck's IORedisConnection that are used here; its typings leave them out. */
interface ClusterConnection {
  __scriptArgs__(name: string, id: string, args: unknown[], callback: ScriptCallback): unknown[];
  on(event: "error", listener: (error: Error) => void): void;
  disconnect(flush: boolean): unknown;
  client: Redis;
}
type ScriptCallback = (error: unknown, reply: unknown) => void;

function asBottleneckKnowsIt(error: unknown): unknown {
  const known = error instanceof Error && /^ERR (SETTINGS_KEY_NOT_FOUND|UNKNOWN_CLIENT)$/.exec(error.message);
  return known ? new Error(known[1], { cause: error }) : error;
}

const charged = [
  ["local wait = math.max(nextRequest - now, 0)", `local wait = math.max(nextRequest - now, -${madeUpMs})`],
  ["local newNextRequest = now + wait + minTime", "local newNextRequest = now + wait + minTime * weight"],
  // The slot as text: Redis would cut a number to whole ms. A nil would end the list, hence `or ''`.
  [
    "return {true, wait, reservoir}",
    "return {true, math.max(wait, 0), reservoir or '', string.format('%.3f', now + wait), tostring(minTime)}",
  ],
] as const;

function chargeByWeight(lua: string): string {
  return charged.reduce((text, [from, to]) => {
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`bottleneck's register script is not that of 2.19.5: no "${from}"`);
    return parts.join(to);
  }, lua);
}
