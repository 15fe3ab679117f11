import { expect, test } from "vitest";
import { recipientOf, route } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { addSuppression, importSuppressions, listSuppressions, removeSuppression, suppressedAmong } from "../index.ts";

test("a suppression is added once, keeps its first reason, and is removed", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const recipient = recipientOf(1);
  expect(await addSuppression(sql, { recipient, reason: "asked by mail", source: "operator" })).toBe(true);
  expect(await addSuppression(sql, { recipient, reason: "again" })).toBe(false);
  expect(await addSuppression(sql, { recipient, route })).toBe(true);
  expect(await listSuppressions(sql, { limit: 10 })).toEqual([
    { route: "*", recipient, reason: "asked by mail", source: "operator", createdAt: expect.any(Date) },
    { route, recipient, reason: "", source: "operator", createdAt: expect.any(Date) },
  ]);
  expect(await removeSuppression(sql, { recipient })).toBe(true);
  expect(await removeSuppression(sql, { recipient })).toBe(false);
  expect(await listSuppressions(sql, { limit: 10 })).toHaveLength(1);
});

test("many are imported at once, those that are there already passed over", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await addSuppression(sql, { recipient: recipientOf(2) });
  const recipients = [recipientOf(1), recipientOf(2), recipientOf(3), recipientOf(3)];
  expect(await importSuppressions(sql, { recipients, reason: "list of 2026" })).toEqual({ added: 2 });
  expect(await importSuppressions(sql, { recipients: [], route })).toEqual({ added: 0 });
});

test("they are listed page by page without a gap, and by route with those that hold everywhere", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  for (const recipient of [recipientOf(1), recipientOf(2)]) {
    for (const on of ["*", "a", "b"]) await addSuppression(sql, { recipient, route: on });
  }
  const seen: string[] = [];
  let after: { recipient: string; route: string } | undefined;
  for (;;) {
    const page = await listSuppressions(sql, { limit: 2, ...(after && { after }) });
    if (page.length === 0) break;
    seen.push(...page.map(({ recipient, route }) => `${recipient} ${route}`));
    after = page.at(-1);
  }
  expect(seen).toHaveLength(6);
  expect(new Set(seen).size).toBe(6);
  expect((await listSuppressions(sql, { limit: 10, route: "a" })).map(({ route }) => route)).toEqual([
    "*",
    "a",
    "*",
    "a",
  ]);
  expect(await suppressedAmong(sql, { route: "a", recipients: [recipientOf(1), recipientOf(9)] })).toEqual(
    new Set([recipientOf(1)]),
  );
});
