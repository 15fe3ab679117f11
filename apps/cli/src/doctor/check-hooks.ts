import { setTimeout as delay } from "node:timers/promises";
import type { RouteConfig } from "@hikyaku/config";
import { probeHeader } from "@hikyaku/engine";
import { Pool } from "undici";
import { messageOf } from "../connection/use-ledger.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** The carrier waits so long for our 200 (guide, connection test). */
const budgetMs = 500;
/** Beyond half of it the way from the carrier may eat up the rest. */
const comfortableMs = 250;
const warmPosts = 2;
/** A carrier that gets no 200 in time posts again, three times at most (guide, connection test). */
const repeats = 3;
const patienceMs = 10_000;

export interface CheckHooksOptions {
  /** Between the repeats; how long the carrier waits is not known. */
  repeatAfterMs?: number;
}

/**
 * The carrier's connection test, posted by us to the route's notification URL: it must answer 200 within 500 ms. Once over a new connection,
 * as after a quiet night, then over the same one; what fails is repeated as the carrier would. The receiver keeps nothing of it.
 *
 * @param receiverUrl the receiver's public URL, or where it is reached from here
 */
export async function checkHooks(
  route: RouteConfig,
  receiverUrl: string,
  { repeatAfterMs = 1_000 }: CheckHooksOptions = {},
): Promise<Finding[]> {
  const { name, hooks } = route;
  if (hooks === null) return [];
  const what = `hooks of ${name}`;
  const place = `${receiverUrl.replace(/\/+$/, "")}/hooks/${name}/…`;
  const url = new URL(`${receiverUrl.replace(/\/+$/, "")}/hooks/${name}/${hooks.secret}`);
  const authorization = hooks.basicAuth
    ? `Basic ${Buffer.from(`${hooks.basicAuth.user}:${hooks.basicAuth.password}`).toString("base64")}`
    : hooks.authorization;

  const tries: Try[] = [];
  let probed: string | null = null;
  for (let repeat = 0; repeat <= repeats; repeat++) {
    if (repeat > 0) await delay(repeatAfterMs);
    // A connection of its own: the first post counts its making, too.
    const pool = new Pool(url.origin, { connections: 1, connect: { timeout: patienceMs } });
    try {
      const cold = await post(pool, url, authorization);
      tries.push(cold);
      if (isFinal(cold)) break;
      if (!isInTime(cold)) continue;
      probed = cold.probed;
      for (let warm = 0; warm < warmPosts; warm++) tries.push(await post(pool, url, authorization));
      break;
    } finally {
      await pool.close();
    }
  }

  const last = tries.at(-1);
  const status = last !== undefined && "status" in last ? last.status : null;
  if (status === 403 && hooks.allow.length > 0) {
    return [
      warn(
        what,
        `${place} answers 403 to this machine, which is not in \`hooks.allow\``,
        "Run doctor from an address that is, to measure it.",
      ),
    ];
  }
  const words = `${place}: ${tries.map(wordsOf).join(", ")} (the carrier waits ${budgetMs} ms for 200, and repeats ${repeats} times)`;
  const failed = tries.findLast((each) => !isInTime(each));
  const isReached = tries.some(isInTime);
  if (failed !== undefined && !isReached) return [fail(what, words, mendOf(failed))];
  if (failed !== undefined) {
    return [warn(what, words, `A repeat would be in time, but each miss is one of four tries. ${mendOf(failed)}`)];
  }
  if (probed === null) {
    return [
      warn(
        what,
        `${words}, but it is not a receiver of this version: notifications may go nowhere`,
        "See that the public URL leads to the receiver, and that it was updated.",
      ),
    ];
  }
  if (probed !== "ledger") {
    return [
      warn(
        what,
        `${words}, kept in Redis: the ledger was too slow or away`,
        "See how PostgreSQL does, and `receiver.ledgerBudget`.",
      ),
    ];
  }
  const slowest = Math.max(...tries.map(({ ms }) => ms));
  return [
    slowest > comfortableMs
      ? warn(what, words, "Little is left for the way from the carrier; see the receiver's machine.")
      : ok(what, words),
  ];
}

interface Timed {
  ms: number;
  /** Over a new connection, or over one that was there. */
  kind: "cold" | "warm";
}

/** `probed`: where the receiver says a notification would have gone; null when it does not know this header. */
type Answered = Timed & { status: number; probed: string | null };

type Try = Answered | (Timed & { problem: string });

async function post(pool: Pool, url: URL, authorization: string | undefined): Promise<Try> {
  const kind = pool.stats.connected === 0 ? "cold" : "warm";
  const startedAt = performance.now();
  try {
    const { statusCode, headers, body } = await pool.request({
      path: url.pathname,
      method: "POST",
      headers: {
        "content-type": "application/json",
        [probeHeader]: "doctor",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: "{}",
      headersTimeout: patienceMs,
      bodyTimeout: patienceMs,
    });
    const ms = performance.now() - startedAt;
    await body.dump();
    const probed = headers[probeHeader];
    return { ms, kind, status: statusCode, probed: typeof probed === "string" ? probed : null };
  } catch (error) {
    return { ms: performance.now() - startedAt, kind, problem: messageOf(error) };
  }
}

function isInTime(each: Try): each is Answered {
  return "status" in each && each.status === 200 && each.ms < budgetMs;
}

/** An answer that no repeat changes. */
function isFinal(each: Try): boolean {
  return "status" in each && each.status !== 200 && each.status < 500;
}

function wordsOf(each: Try): string {
  const ms = `${each.kind} ${Math.round(each.ms)} ms`;
  if ("problem" in each) return `${ms}, can't be reached (${each.problem})`;
  return each.status === 200 ? ms : `${ms}, answers ${each.status}`;
}

function mendOf(failed: Try): string {
  if ("problem" in failed) {
    return "Start the receiver, or name where it is by receiver.publicUrl or --receiver-url.";
  }
  const { status } = failed;
  if (status === 200) return "Bring receiver and database closer together, or give them more CPU.";
  if (status === 404)
    return "The receiver there has another configuration (route or secret), or it is not the receiver.";
  if (status === 503) return "Neither ledger nor Redis takes notifications: see the receiver's log.";
  if (status >= 300 && status < 400) return "The carrier follows no redirect: register the URL it leads to.";
  return "See the receiver's log, and the proxy in front of it.";
}
