import type { KddiRouteConfig } from "./route-config.ts";

/**
 * One path segment: everything is percent-encoded except what RFC 3986 allows there, because GSMA bot ids may look like
 * `name@botplatform.example` (protocol notes §2.1).
 */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(?:40|3A|24|26|2B|2C|3B|3D)/g, decodeURIComponent);
}

export interface Endpoint {
  origin: string;
  /** Path of `POST …/messages`. */
  sendPath: string;
  statusPath(msgId: string): string;
  /** Path of anything else below the bot's base. */
  below(path: string): string;
}

/** `{baseUrl}/v1/fallback/rcs/bot/v1/{botId}`, cut into what undici wants. Guide §3.1. */
export function endpointOf(config: Pick<KddiRouteConfig, "baseUrl" | "botId" | "statusPath">): Endpoint {
  const url = new URL(config.baseUrl);
  const base = `${url.pathname.replace(/\/+$/, "")}/v1/fallback/rcs/bot/v1/${encodeSegment(config.botId)}`;
  const [before = "", after = ""] = config.statusPath.split("{msgId}");
  return {
    origin: url.origin,
    sendPath: `${base}/messages`,
    statusPath: (msgId) => base + before + encodeSegment(msgId) + after,
    below: (path) => base + path,
  };
}
