import { addSuppression } from "@hikyaku/ledger";
import { expect, test } from "vitest";
import { UnknownRouteError } from "../src/index.ts";
import { freshProducer, people } from "./fresh-producer.ts";

test("a preview tells what the campaign would come to, and writes nothing", async () => {
  await using fresh = await freshProducer();
  await addSuppression(fresh.sql, { recipient: "+819010000000" });
  const recipients = [
    ...people(12_000),
    { to: "03-1234-5678", name: "x" },
    ...people(1, 7),
    { to: "9099999999", name: "あ".repeat(80) },
  ];
  const rejected: unknown[] = [];
  const request = {
    key: "k",
    route: "coupon-sms",
    text: "#{name}様、クーポンをお送りします。",
    recipients,
    onRejected: ({ line, row }: { line: number; row: unknown }) => rejected.push([line, row]),
  };
  const preview = await fresh.hikyaku.previewCampaign(request);
  expect(preview).toEqual({
    route: "coupon-sms",
    class: "transactional",
    windows: [],
    variables: ["name"],
    recipients: 12_001,
    rejected: 1,
    duplicates: 1,
    suppressed: 1,
    secondLegRoute: null,
    secondLegSegments: 0,
    segments: 12_001,
    samples: [1, 2, 3].map((index) => ({
      line: index + 1,
      to: `+8190****000${index}`,
      text: `会員${index}様、クーポンをお送りします。`,
      secondText: null,
      segments: 1,
    })),
    rejections: [
      { line: 12_001, code: "not-mobile", reason: expect.any(String) },
      { line: 12_002, code: "duplicate", reason: expect.any(String) },
    ],
    warnings: [{ code: "recipient", message: expect.stringContaining("leading 0"), rows: 1, firstLine: 12_003 }],
  });
  expect(rejected).toEqual([
    [12_001, recipients[12_000]],
    [12_002, recipients[12_001]],
  ]);
  expect(await fresh.sql`select id from campaign union all select id from message`).toHaveLength(0);

  const result = await fresh.hikyaku.enqueueCampaign(request);
  const { samples: _, variables: __, secondLegSegments: ___, secondLegRoute: ____, windows: _____, ...same } = preview;
  expect(result).toMatchObject(same);
});

test("a preview needs no key, and refuses what the campaign would be refused for", async () => {
  await using fresh = await freshProducer();
  const preview = await fresh.hikyaku.previewCampaign({ route: "coupon-sms", text: "a", recipients: [] });
  expect(preview).toMatchObject({ recipients: 0, segments: 0, samples: [] });
  const unknown = fresh.hikyaku.previewCampaign({ route: "none", text: "a", recipients: [] });
  await expect(unknown).rejects.toThrow(UnknownRouteError);
});
