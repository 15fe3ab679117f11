import type { KddiRouteConfig } from "./route-config.ts";

/** SMS only: the mode this package sends (guide §2.5; protocol notes §4.1). */
const smsMode = "2";

/**
 * The six headers of every request (protocol notes §2.4), as undici's flat list in the order of the guide. A `Host` and
 * `Content-Length` are the transport's.
 */
export function sendHeaders(config: Pick<KddiRouteConfig, "basicAuth">): string[] {
  const { user, password } = config.basicAuth;
  // With `X-Fallback: 2` the three tokens are the fixed value, whatever tokens the account has (guide §1.1, §3.1).
  const token = "Bearer smsonly";
  return [
    ...["Authorization", `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`],
    ...["Content-Type", "application/json"],
    ...["X-Plusmsg-mkn-Authorization", token],
    ...["X-Plusmsg-tmt-Authorization", token],
    ...["X-Plusmsg-gmp-Authorization", token],
    ...["X-Fallback", smsMode],
  ];
}

/** The status call sends the same set (guide, connection test), unless the route says otherwise. */
export function statusHeaders(config: Pick<KddiRouteConfig, "basicAuth" | "statusHeaders">): string[] {
  const headers = sendHeaders(config);
  if (config.statusHeaders === "same-as-send") return headers;
  const changed = new Map<string, [name: string, value: string]>();
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? "";
    changed.set(name.toLowerCase(), [name, headers[at + 1] ?? ""]);
  }
  for (const [name, value] of Object.entries(config.statusHeaders)) changed.set(name.toLowerCase(), [name, value]);
  return [...changed.values()].filter(([, value]) => value !== "").flat();
}
