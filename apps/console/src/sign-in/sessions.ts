import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Account } from "./accounts.ts";

export interface Session {
  id: string;
  /** Who signed in. */
  name: string;
  expiresAt: Date;
}

/** Sign-ins as signed tokens: nothing is stored, so every console with the same secret knows them. */
export interface Sessions {
  begin(name: string): { token: string; session: Session };
  /** Null when the token is not ours, has expired or was ended here. */
  read(token: string | undefined): Session | null;
  /** Signing out. Another console forgets it when it expires. */
  end(session: Session): void;
}

export function createSessions({
  users,
  secret,
  forMs,
  now = Date.now,
}: {
  users: readonly Account[];
  secret: string;
  forMs: number;
  now?: () => number;
}): Sessions {
  // The password is part of the key: changing it ends every sign-in made with the old one.
  const keys = new Map(users.map(({ name, password }) => [name, sign(secret, JSON.stringify([name, password]))]));
  const ended = new Map<string, number>();

  return {
    begin(name) {
      const key = keys.get(name);
      if (!key) throw new Error(`nobody is called ${name}`);
      const session = { id: randomBytes(16).toString("base64url"), name, expiresAt: new Date(now() + forMs) };
      const payload = Buffer.from(JSON.stringify([session.id, name, session.expiresAt.getTime()])).toString(
        "base64url",
      );
      return { token: `${payload}.${sign(key, payload).toString("base64url")}`, session };
    },
    read(token) {
      const [payload = "", signature = ""] = token?.split(".") ?? [];
      const claim = claimOf(payload);
      const key = claim && keys.get(claim.name);
      if (!claim || !key) return null;
      const given = Buffer.from(signature, "base64url");
      const wanted = sign(key, payload);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
      return claim.expiresAt.getTime() > now() && !ended.has(claim.id) ? claim : null;
    },
    end({ id, expiresAt }) {
      for (const [each, until] of ended) if (until <= now()) ended.delete(each);
      ended.set(id, expiresAt.getTime());
    },
  };
}

function claimOf(payload: string): Session | null {
  try {
    const [id, name, expiresAt] = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as unknown[];
    if (typeof id !== "string" || typeof name !== "string" || typeof expiresAt !== "number") return null;
    return { id, name, expiresAt: new Date(expiresAt) };
  } catch {
    return null;
  }
}

function sign(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
