import { createHash, randomBytes } from "node:crypto";
import type { Sql } from "../connection/connect-ledger.ts";
import { newId } from "../connection/new-id.ts";

/** An API key without its secret, which is kept nowhere. */
export interface ApiKeyRow {
  id: string;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** Makes a key. `secret` is shown this once: `hk_` and 256 random bits. */
export async function createApiKey(sql: Sql, { name }: { name: string }): Promise<{ id: string; secret: string }> {
  const id = newId();
  const secret = `hk_${randomBytes(32).toString("base64url")}`;
  await sql`insert into api_key (id, name, hash) values (${id}, ${name}, ${hashOf(secret)})`;
  return { id, secret };
}

/** Whose secret it is; null when it is unknown or revoked. Notes the use, to the minute. */
export async function verifyApiKey(sql: Sql, secret: string): Promise<{ id: string; name: string } | null> {
  const [key] = await sql<{ id: string; name: string; isStale: boolean }[]>`
    select id, name, last_used_at is null or last_used_at < now() - interval '1 minute' as is_stale
    from api_key where hash = ${hashOf(secret)} and revoked_at is null`;
  if (!key) return null;
  if (key.isStale) await sql`update api_key set last_used_at = now() where id = ${key.id}`;
  return { id: key.id, name: key.name };
}

/** Every key, the revoked ones too, oldest first. */
export async function listApiKeys(sql: Sql): Promise<ApiKeyRow[]> {
  return await sql<ApiKeyRow[]>`select id, name, created_at, last_used_at, revoked_at from api_key order by id`;
}

/** False when there is no such key or it was revoked before. */
export async function revokeApiKey(sql: Sql, { id }: { id: string }): Promise<boolean> {
  const { count } = await sql`update api_key set revoked_at = now() where id = ${id} and revoked_at is null`;
  return count > 0;
}

/** A plain hash is enough for 256 random bits, and lets the index find the key without comparing secrets. */
function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
