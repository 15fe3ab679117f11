import { expect, test } from "vitest";
import { recipientOf, route } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { deleteCapabilities, isCapabilityProven, knownCapabilities, recordCapabilities } from "../index.ts";

const hourMs = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms);

test("an answer is known for its route and for as long as is asked; the newer one counts", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const [one, two, three] = [recipientOf(1), recipientOf(2), recipientOf(3)];
  const old = { recipient: one, capable: true, said: "chat", checkedAt: ago(2 * hourMs) };
  await recordCapabilities(sql, {
    route,
    answers: [old, { recipient: two, capable: false, said: "HTTP\0 404", checkedAt: ago(10) }],
  });
  const recipients = [one, two, three];
  const known = async (maxAgeMs: number, of = route) =>
    (await knownCapabilities(sql, { route: of, recipients, maxAgeMs })).map(({ recipient, capable, said }) => [
      recipient,
      capable,
      said,
    ]);
  expect(await known(hourMs)).toEqual([[two, false, "HTTP\ufffd 404"]]);
  expect(await known(3 * hourMs)).toHaveLength(2);
  expect(await known(3 * hourMs, "another")).toEqual([]);
  expect(await known(0)).toEqual([]);

  const renewed = { recipient: one, capable: false, said: "no capabilities", checkedAt: ago(0) };
  // Twice in one call, and one that comes late: what the carrier said last stays.
  await recordCapabilities(sql, { route, answers: [old, renewed] });
  await recordCapabilities(sql, { route, answers: [old] });
  expect(await known(hourMs)).toContainEqual([one, false, "no capabilities"]);
});

test("the check of a route is proven by its first capable number, for good", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const answer = { recipient: recipientOf(1), said: "", checkedAt: ago(hourMs) };
  await recordCapabilities(sql, { route, answers: [{ ...answer, capable: false }] });
  expect(await isCapabilityProven(sql, { route })).toBe(false);
  await recordCapabilities(sql, { route, answers: [{ ...answer, recipient: recipientOf(2), capable: true }] });
  await recordCapabilities(sql, { route, answers: [{ ...answer, recipient: recipientOf(3), capable: true }] });
  expect(await deleteCapabilities(sql, { olderThanMs: hourMs / 2, limit: 10 })).toBe(3);
  expect(await isCapabilityProven(sql, { route })).toBe(true);
  expect(await isCapabilityProven(sql, { route: "another" })).toBe(false);
});

test("answers are removed by age, no more than asked at once", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const answers = [1, 2, 3, 4].map((nth) => ({
    ...{ recipient: recipientOf(nth), capable: true, said: "" },
    checkedAt: ago(nth < 4 ? 2 * hourMs : 0),
  }));
  await recordCapabilities(sql, { route, answers });
  expect(await deleteCapabilities(sql, { olderThanMs: hourMs, limit: 2 })).toBe(2);
  expect(await deleteCapabilities(sql, { olderThanMs: hourMs, limit: 2 })).toBe(1);
  expect(await deleteCapabilities(sql, { olderThanMs: hourMs, limit: 2 })).toBe(0);
  await recordCapabilities(sql, { route, answers: [] });
});
