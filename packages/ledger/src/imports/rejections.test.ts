import { expect, test } from "vitest";
import { givenDraft } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { listRejections, recordRejections, rejectionCodes } from "../index.ts";

test("rejected rows are kept by line, listed page by page and counted by code", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { id: campaignId } = await givenDraft(sql);
  const rejections = [
    { line: 9, code: "missing-value", reason: "store is empty" },
    { line: 3, code: "invalid-number", reason: "not a number" },
    { line: 5, code: "invalid-number", reason: "a landline" },
  ];
  await recordRejections(sql, { campaignId, rejections });
  await recordRejections(sql, { campaignId, rejections: rejections.slice(0, 1) });
  await recordRejections(sql, { campaignId, rejections: [] });
  expect((await listRejections(sql, { campaignId, limit: 2 })).map(({ line }) => line)).toEqual([3, 5]);
  expect([...(await listRejections(sql, { campaignId, limit: 2, after: 5 }))]).toEqual([rejections[0]]);
  expect([...(await rejectionCodes(sql, { campaignId }))]).toEqual([
    { code: "invalid-number", count: 2 },
    { code: "missing-value", count: 1 },
  ]);
});
