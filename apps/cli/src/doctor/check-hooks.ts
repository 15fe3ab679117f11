import type { RouteConfig } from "@hikyaku/config";
import { request } from "undici";
import { messageOf } from "../connection/use-ledger.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** The carrier waits so long for our 200 (guide, connection test). */
const budgetMs = 500;
/** Beyond half of it the way from the carrier may eat up the rest. */
const comfortableMs = 250;
/** Cold, then warm. */
const posts = 3;

/**
 * The carrier's connection test, posted by us to the route's notification URL: it must answer 200 within 500 ms.
 * @param receiverUrl where the receiver is reached from here, or its public URL
 */
export async function checkHooks(route: RouteConfig, receiverUrl: string): Promise<Finding[]> {
  const { name, hooks } = route;
  if (hooks === null) return [];
  const what = `hooks of ${name}`;
  const place = `${receiverUrl}/hooks/${name}/…`;
  const url = `${receiverUrl.replace(/\/+$/, "")}/hooks/${name}/${hooks.secret}`;
  const authorization = hooks.basicAuth
    ? `Basic ${Buffer.from(`${hooks.basicAuth.user}:${hooks.basicAuth.password}`).toString("base64")}`
    : hooks.authorization;
  const times: number[] = [];
  for (let post = 0; post < posts; post++) {
    const startedAt = performance.now();
    try {
      const { statusCode, body } = await request(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
        body: "{}",
        headersTimeout: 10_000,
      });
      times.push(performance.now() - startedAt);
      await body.dump();
      if (statusCode === 403 && hooks.allow.length > 0) {
        return [
          warn(
            what,
            `${place} answers 403 to this machine, which is not in \`hooks.allow\``,
            "Run doctor from an address that is, to measure it.",
          ),
        ];
      }
      if (statusCode !== 200) return [fail(what, `${place} answers ${statusCode}, not 200`, mendOf(statusCode))];
    } catch (error) {
      return [
        fail(
          what,
          `${place} can't be reached: ${messageOf(error)}`,
          "Start the receiver, or name where it is by --receiver-url.",
        ),
      ];
    }
  }
  const slowest = Math.round(Math.max(...times));
  const words = `${place} answers 200 in ${times.map((ms) => `${Math.round(ms)} ms`).join(", ")} (the carrier waits ${budgetMs} ms)`;
  if (slowest >= budgetMs)
    return [fail(what, words, "Bring receiver and database closer together, or give them more CPU.")];
  return [
    slowest > comfortableMs
      ? warn(what, words, "Little is left for the way from the carrier; see the receiver's machine.")
      : ok(what, words),
  ];
}

function mendOf(status: number): string {
  if (status === 404)
    return "The receiver there has another configuration (route or secret), or it is not the receiver.";
  if (status === 503) return "Neither ledger nor Redis takes notifications: see the receiver's log.";
  return "See the receiver's log.";
}
