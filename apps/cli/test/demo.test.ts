import { fileURLToPath } from "node:url";
import { spawnNode } from "@hikyaku/testkit";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

test("the demo keeps every promise, meets what it was made to meet, and ends by itself", {
  timeout: 240_000,
}, async () => {
  await using demo = spawnNode(main, {
    args: ["demo", "--json"],
    env: { DATABASE_URL: undefined, REDIS_URL: undefined, HIKYAKU_CONFIG: undefined },
  });
  const { code } = await demo.exited;
  expect({ code, err: code === 0 ? "" : `${demo.stderr}\n${demo.stdout}` }).toEqual({ code: 0, err: "" });
  const result = JSON.parse(demo.stdout);
  expect(result.promisesKept).toBe(true);
  expect(result.metrics.duplicates.count).toBe(0);
  expect(result.campaign.counts).toMatchObject({
    total: 1_986,
    suppressed: 2,
    rejected: 2,
    queued: 0,
    sending: 0,
    accepted: 0,
    sent: 0,
  });
  expect(result.campaign.counts.delivered).toBeGreaterThan(1_940);
  expect(result.rejections).toMatchObject({ total: 11, duplicates: 3 });
  // Numbers that answer 503 twice, and lost notifications that the status API made up for.
  expect(result.metrics.answers["503"]).toBeGreaterThanOrEqual(6);
  expect(result.verdicts.find(({ what }: { what: string }) => what.startsWith("lost")).detail).toMatch(
    /^([2-9]\d) results never came; \1 of them/,
  );
});

test("the demo of both carriers keeps every promise of both", { timeout: 240_000 }, async () => {
  await using demo = spawnNode(main, {
    args: ["demo", "--all", "--json"],
    env: { DATABASE_URL: undefined, REDIS_URL: undefined, HIKYAKU_CONFIG: undefined },
  });
  const { code } = await demo.exited;
  expect({ code, err: code === 0 ? "" : `${demo.stderr}\n${demo.stdout}` }).toEqual({ code: 0, err: "" });
  const { promisesKept, sms, kakao } = JSON.parse(demo.stdout);
  expect(promisesKept).toBe(true);
  expect(sms.campaign.counts).toMatchObject({ total: 1_986, queued: 0, accepted: 0, sent: 0 });
  const { counts } = kakao.campaign;
  expect(counts).toMatchObject({ total: 10_000, suppressed: 2, unknown: 0, queued: 0, accepted: 0, sent: 0 });
  expect(counts.delivered).toBe(9_888);
  expect(kakao.rejections).toMatchObject({ total: 8, duplicates: 3 });
  // Everybody whom KakaoTalk did not reach was sent an SMS: three were not taken, four failed too.
  expect(kakao.secondLegs.counts).toMatchObject({ total: 102, delivered: 95, rejected: 3, failed: 4 });
  expect(kakao.metrics.duplicates.count).toBe(0);
  expect(kakao.metrics.sends).toBeLessThan(150);
});
