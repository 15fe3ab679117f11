import { createHash, timingSafeEqual } from "node:crypto";
import { BlockList, isIPv6 } from "node:net";
import type { RouteConfig } from "@hikyaku/config";

export type Access = { ok: true } | { ok: false; status: 401 | 403 | 404 };

/**
 * Who may post to a route's hooks: whoever knows the secret in the path, from an allowed address, with the agreed
 * credentials. A wrong secret looks like a route that does not exist.
 */
export function createHookAccess(hooks: NonNullable<RouteConfig["hooks"]>) {
  const secret = digest(hooks.secret);
  const allowed = hooks.allow.length > 0 ? blockListOf(hooks.allow) : null;
  const authorization = hooks.basicAuth
    ? digest(`Basic ${Buffer.from(`${hooks.basicAuth.user}:${hooks.basicAuth.password}`).toString("base64")}`)
    : hooks.authorization
      ? digest(hooks.authorization)
      : null;

  return (request: { secret: string; address: string; authorization: string | undefined }): Access => {
    if (!timingSafeEqual(digest(request.secret), secret)) return { ok: false, status: 404 };
    if (allowed && !isAllowed(allowed, request.address)) return { ok: false, status: 403 };
    if (authorization && !timingSafeEqual(digest(request.authorization ?? ""), authorization)) {
      return { ok: false, status: 401 };
    }
    return { ok: true };
  };
}

/** Digests have one length, so that comparing them tells nothing about how long or how near a guess was. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", prefix] = range.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function isAllowed(list: BlockList, address: string): boolean {
  // A dual-stack socket shows an IPv4 peer as ::ffff:203.0.113.7.
  const plain = address.startsWith("::ffff:") ? address.slice(7) : address;
  return list.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
}
