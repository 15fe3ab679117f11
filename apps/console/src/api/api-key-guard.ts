import { createHash } from "node:crypto";
import { type Sql, verifyApiKey } from "@hikyaku/ledger";
import { Problem } from "../problems/problem.ts";

export interface ApiKeyOwner {
  id: string;
  name: string;
}

/** Whose key an `Authorization` header carries. @throws Problem `unauthorized` */
export type ApiKeyGuard = (authorization: string | undefined) => Promise<ApiKeyOwner>;

/** As long may a revoked key still work, and a new one not yet after it was tried too early. */
const freshForMs = 10_000;
const mostRemembered = 1_000;

/**
 * Asks the ledger once in ten seconds for each key, wrong ones included: a request then costs a hash. The ledger finds a key
 * by the hash of its 256 random bits, so there is nothing a comparison could give away.
 */
export function createApiKeyGuard({
  sql,
  now = performance.now.bind(performance),
}: {
  sql: Sql;
  now?: () => number;
}): ApiKeyGuard {
  const remembered = new Map<string, { owner: Promise<ApiKeyOwner | null>; until: number }>();

  return async (authorization) => {
    const secret = /^Bearer +(hk_[A-Za-z0-9_-]{43})$/i.exec(authorization ?? "")?.[1];
    if (secret === undefined) {
      throw refuse(authorization === undefined ? "no Authorization header was sent" : "not of the form Bearer hk_…");
    }
    const hash = createHash("sha256").update(secret).digest("base64");
    let known = remembered.get(hash);
    if (!known || known.until <= now()) {
      // The oldest goes; who guesses keys only pushes out other guesses and costs the ledger a look-up.
      if (remembered.size >= mostRemembered) remembered.delete(remembered.keys().next().value ?? "");
      known = { owner: verifyApiKey(sql, secret), until: now() + freshForMs };
      remembered.delete(hash);
      remembered.set(hash, known);
      known.owner.catch(() => remembered.delete(hash));
    }
    const owner = await known.owner;
    if (!owner) throw refuse("the key is not known, or was revoked");
    return owner;
  };
}

function refuse(detail: string): Problem {
  return new Problem("unauthorized", {
    detail,
    errors: [{ header: "authorization", detail }],
    headers: { "www-authenticate": 'Bearer realm="hikyaku"' },
  });
}
