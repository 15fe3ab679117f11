import { expect, test } from "vitest";
import { openTestLedger } from "../../test/test-ledger.ts";
import { createApiKey, listApiKeys, newId, revokeApiKey, verifyApiKey } from "../index.ts";

test("a key is verified by its secret, which is kept nowhere", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { id, secret } = await createApiKey(sql, { name: "shop" });
  expect(secret).toMatch(/^hk_[\w-]{43}$/);
  expect(await verifyApiKey(sql, secret)).toEqual({ id, name: "shop" });
  for (const wrong of [secret.slice(0, -1), `${secret}x`, "", "hk_", "\0"])
    expect(await verifyApiKey(sql, wrong)).toBeNull();
  const [stored] = await sql`select * from api_key`;
  expect(JSON.stringify(stored)).not.toContain(secret.slice(3));
});

test("the use of a key is noted, and a revoked key is refused for good", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { id, secret } = await createApiKey(sql, { name: "shop" });
  expect(await listApiKeys(sql)).toMatchObject([{ id, name: "shop", lastUsedAt: null, revokedAt: null }]);
  await verifyApiKey(sql, secret);
  expect(await listApiKeys(sql)).toMatchObject([{ lastUsedAt: expect.any(Date) }]);
  expect(await revokeApiKey(sql, { id })).toBe(true);
  expect(await revokeApiKey(sql, { id })).toBe(false);
  expect(await revokeApiKey(sql, { id: newId() })).toBe(false);
  expect(await verifyApiKey(sql, secret)).toBeNull();
  expect(await listApiKeys(sql)).toMatchObject([{ revokedAt: expect.any(Date) }]);
});
