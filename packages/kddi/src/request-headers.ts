import type { KddiRouteConfig } from "./route-config.ts";

/** `X-Fallback` (guide §2.5): 0 +Message, or SMS to a number without the app; 1 +Message only; 2 SMS only. */
export type SendMode = "0" | "1" | "2";

/** With `X-Fallback: 2` the three tokens are this fixed value, whatever tokens the account has (guide §1.1, §3.1). */
const smsOnlyToken = "Bearer smsonly";

/**
 * The six headers of every request (protocol notes §2.4), as undici's flat list in the order of the guide. A `Host` and
 * `Content-Length` are the transport's. Null when the account can't send so: without tokens of its own it must never name a mode other
 * than 2 (guide §2.5).
 */
export function sendHeaders(
  { basicAuth, tokens, tokenPrefix }: Pick<KddiRouteConfig, "basicAuth" | "tokens" | "tokenPrefix">,
  mode: SendMode,
): string[] | null {
  if (mode !== "2" && tokens === "smsonly") return null;
  const withPrefix = (token: string) => (tokenPrefix === "none" || /^bearer /i.test(token) ? token : `Bearer ${token}`);
  const { au, docomo, softbank } =
    mode === "2" || tokens === "smsonly"
      ? { au: smsOnlyToken, docomo: smsOnlyToken, softbank: smsOnlyToken }
      : { au: withPrefix(tokens.au), docomo: withPrefix(tokens.docomo), softbank: withPrefix(tokens.softbank) };
  return [
    ...["Authorization", `Basic ${Buffer.from(`${basicAuth.user}:${basicAuth.password}`, "utf8").toString("base64")}`],
    ...["Content-Type", "application/json"],
    ...["X-Plusmsg-mkn-Authorization", au],
    ...["X-Plusmsg-tmt-Authorization", docomo],
    ...["X-Plusmsg-gmp-Authorization", softbank],
    ...["X-Fallback", mode],
  ];
}

/** The status call sends the set of the send it asks about (guide, connection test), unless the route says otherwise. */
export function statusHeaders(
  config: Pick<KddiRouteConfig, "basicAuth" | "tokens" | "tokenPrefix" | "statusHeaders">,
  mode: SendMode,
): string[] | null {
  const headers = sendHeaders(config, mode);
  if (headers === null || config.statusHeaders === "same-as-send") return headers;
  const changed = new Map<string, [name: string, value: string]>();
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? "";
    changed.set(name.toLowerCase(), [name, headers[at + 1] ?? ""]);
  }
  for (const [name, value] of Object.entries(config.statusHeaders)) changed.set(name.toLowerCase(), [name, value]);
  return [...changed.values()].filter(([, value]) => value !== "").flat();
}

/**
 * The mode of a status call: that of the send where it was kept, else what the channel lets one conclude. A message of an account
 * without tokens was sent by mode 2.
 */
export function statusModeOf(
  { sendMode, channel }: { sendMode?: string | null; channel: string | null },
  tokens: KddiRouteConfig["tokens"],
): SendMode {
  if (tokens === "smsonly") return "2";
  if (sendMode === "0" || sendMode === "1" || sendMode === "2") return sendMode;
  return channel === "sms" ? "2" : channel === "rcs" ? "1" : "0";
}
