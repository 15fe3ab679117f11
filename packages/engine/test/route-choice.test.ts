import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addSuppression, campaignReport, connectLedger, type Ledger, listMessages, migrate } from "@hikyaku/ledger";
import {
  createProducer,
  type EnqueueRequest,
  InvalidContentError,
  InvalidRequestError,
  type Producer,
} from "@hikyaku/producer";
import { simulatedRoute, spawnSimulator, startSensSimulator } from "@hikyaku/simulator";
import { createDatabase, createRedis, spawnNode, waitFor } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** AlimTalk and SMS at SENS, +Message and SMS at KDDI: both carriers strict, each route with a second one behind it. */
const stack = new AsyncDisposableStack();
let ledger: Ledger;
let hikyaku: Producer;

beforeAll(async () => {
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  await migrate(database.url);
  ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  const sens = stack.use(
    await startSensSimulator({ strict: true, timing: { resultMs: 20, listedAfterMs: 0, failoverMs: 20, smsMs: 20 } }),
  );
  const plus = { botId: "bot_plus", user: "u1", password: "p1", smsNumbers: ["0312345678"] };
  const sms = { botId: "bot_sms", user: "u2", password: "p2", smsNumbers: ["0398765432"] };
  const tokens = { au: "a", docomo: "d", softbank: "s" };
  const limits = { tps: 100_000, concurrency: 20 };
  const kddi = stack.use(
    await spawnSimulator({
      strict: true,
      acceptDelayMs: 1,
      timing: { sentAfterMs: 20, deliveredAfterMs: 30 },
      accounts: [
        { ...plus, tokens, ...limits },
        { ...sms, ...limits },
      ],
    }),
  );
  const ofSens = {
    baseUrl: sens.gatewayUrl,
    accessKey: "TestAccessKey",
    secretKey: "TestSecretKey",
    smsNumber: "0200000000",
  };
  const shared = { receiptGrace: "200ms", limits: { tps: null, concurrency: 5 } };
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-choice-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const file = join(folder, "hikyaku.yaml");
  await writeFile(
    file,
    JSON.stringify({
      ...{ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.redisPrefix },
      ...{ worker: { healthPort: 0 }, poller: { healthPort: 0, interval: "50ms" }, feed: { interval: "50ms" } },
      routes: {
        kakao: {
          provider: "sens",
          serviceId: sens.alimtalkServiceId,
          plusFriendId: "@demo_shop",
          ...ofSens,
          ...shared,
        },
        "korean-sms": { provider: "sens-sms", serviceId: sens.smsServiceId, ...ofSens, ...shared },
        plus: { ...simulatedRoute(`${kddi.gatewayUrl}/au`, plus), tokens, ...shared },
        "japanese-sms": { ...simulatedRoute(`${kddi.gatewayUrl}/au`, sms), ...shared },
      },
    }),
  );
  for (const app of ["worker", "poller"]) {
    const entry = new URL(`../../../apps/${app}/src/main.ts`, import.meta.url);
    await stack
      .use(spawnNode(entry, { env: { HIKYAKU_CONFIG: file } }))
      .ready(new RegExp(`"msg":"${app} started"`), { timeoutMs: 60_000 });
  }
  const { url: redisUrl, redisPrefix } = redis;
  hikyaku = stack.use(await createProducer({ databaseUrl: database.url, redisUrl, redisPrefix }));
}, 120_000);
afterAll(() => stack.disposeAsync());

interface Row extends Record<string, string> {
  to: string;
}

const alimtalk: Omit<EnqueueRequest, "key" | "recipients"> & { content: object } = {
  route: "kakao",
  class: "transactional",
  fallbackAfter: "1h",
  content: { templateCode: "NOTICE01", text: "#{고객명}님, #{매장} 예약이 #{일시}에 확정되었습니다.", failover: false },
};
const guest = { 고객명: "손님", 매장: "역삼점", 일시: "3월 1일" };

/** Sends it, waits for every answer, and tells both legs of each recipient. */
async function sent(request: Omit<EnqueueRequest<Row>, "key">, key: string) {
  const { id } = await hikyaku.enqueueCampaign({ key, ...request });
  await waitFor(async () => (await hikyaku.findCampaign({ id }))?.state === "finished", {
    timeoutMs: 60_000,
    what: "the campaign to be finished",
  });
  const rows = await listMessages(ledger.sql, { campaignId: id, limit: 100 });
  const legs = rows
    .sort((one, other) => (one.line ?? 0) - (other.line ?? 0) || one.leg - other.leg)
    .map(({ line, leg, route, recipient, state, channel }) => [line, leg, route, recipient, state, channel]);
  return { id, rows, legs };
}

describe("a second route", () => {
  test("AlimTalk first, SENS SMS for whom it failed, with values of its own", async () => {
    const request = {
      ...{ ...alimtalk, fallbackRoute: "korean-sms", fallbackText: "#{코드} #{고객명}님 예약 확정" },
      recipients: [
        { to: "010-2000-3019", ...guest, 코드: "A1" },
        { to: "010-2000-1111", ...guest, 코드: "B2" },
      ],
    };
    const preview = await hikyaku.previewCampaign(request);
    expect(preview).toMatchObject({
      ...{ route: "kakao", secondLegRoute: "korean-sms", secondLegSegments: 2 },
      variables: ["고객명", "매장", "일시", "코드"],
      samples: [{ secondText: "A1 손님님 예약 확정" }, {}],
    });
    const { id, rows, legs } = await sent(request, "alimtalk-sens");
    expect(legs).toEqual([
      [1, 1, "kakao", "+821020003019", "failed", "alimtalk"],
      [1, 2, "korean-sms", "+821020003019", "delivered", "sms"],
      [2, 1, "kakao", "+821020001111", "delivered", "alimtalk"],
    ]);
    expect(rows.find(({ leg }) => leg === 2)?.vars).toEqual(["A1", "손님"]);
    const report = await campaignReport(ledger.sql, { campaignId: id });
    expect(report?.secondLegs?.reached).toEqual({ first: 1, second: 1, neither: 0, both: 0 });
    expect(report?.campaign.fallback).toMatchObject({ route: "korean-sms" });
  }, 90_000);

  test("AlimTalk first, KDDI SMS behind it to the number that KDDI reaches; who is suppressed there gets none", async () => {
    await addSuppression(ledger.sql, {
      route: "japanese-sms",
      recipient: "+817000000002",
      reason: "x",
      source: "operator",
    });
    const { legs } = await sent(
      {
        ...{
          ...alimtalk,
          fallbackRoute: "japanese-sms",
          fallbackText: "#{name}様、予約が確定しました",
          fallbackTo: "jp",
        },
        recipients: [
          { to: "010-2001-3019", ...guest, name: "李", jp: "070-0000-0001" },
          { to: "010-2002-3020", ...guest, name: "李", jp: "070-0000-0002" },
          { to: "010-2003-1111", ...guest, name: "李", jp: "070-0000-0003" },
          { to: "010-2004-1111", ...guest, name: "李", jp: "03-1234-5678" },
        ],
      },
      "alimtalk-kddi",
    );
    expect(legs).toEqual([
      [1, 1, "kakao", "+821020013019", "failed", "alimtalk"],
      [1, 2, "japanese-sms", "+817000000001", "delivered", "sms"],
      [2, 1, "kakao", "+821020023020", "failed", "alimtalk"],
      [2, 2, "japanese-sms", "+817000000002", "suppressed", null],
      [3, 1, "kakao", "+821020031111", "delivered", "alimtalk"],
    ]);
    expect(await hikyaku.findCampaign({ key: "alimtalk-kddi" })).toMatchObject({ rejected: 1 });
  }, 90_000);

  test("+Message first, the SMS over another KDDI account", async () => {
    const { legs } = await sent(
      {
        ...{ route: "plus", class: "transactional" as const, fallbackAfter: "1h", fallbackRoute: "japanese-sms" },
        ...{ content: { mode: "rcs", card: { title: "#{name}様" } }, fallbackText: "#{name}様、SMSです" },
        recipients: [{ to: "090-0000-0001", name: "山田" }],
      },
      "plus-kddi",
    );
    expect(legs).toEqual([
      [1, 1, "plus", "+819000000001", "failed", "rcs"],
      [1, 2, "japanese-sms", "+819000000001", "delivered", "sms"],
    ]);
  }, 90_000);

  test("a single message has one as well", async () => {
    const { id } = await hikyaku.sendMessage({
      ...{ ...alimtalk, fallbackRoute: "korean-sms", fallbackText: "#{매장} #{고객명}" },
      ...{ to: "010-2005-3019", variables: guest },
    });
    const second = await waitFor(
      async () => (await ledger.sql`select * from message where first_leg = ${id} and state = 'delivered'`)[0],
      { timeoutMs: 60_000 },
    );
    expect(second).toMatchObject({
      route: "korean-sms",
      vars: ["역삼점", "손님"],
      content: { text: "#{매장} #{고객명}" },
    });
  }, 90_000);
});

test.each([
  [{ fallbackText: "x" }, InvalidContentError, null],
  [
    { fallbackRoute: "korean-sms" },
    InvalidContentError,
    "fallbackRoute: no part of the content can be sent alone over korean-sms",
  ],
  [{ fallbackRoute: "korean-sms", fallbackText: "#{" }, InvalidContentError, "fallbackContent.text"],
  [
    { fallbackRoute: "korean-sms", fallbackText: "x", content: { ...alimtalk.content, failover: true } },
    InvalidRequestError,
    "set failover to false",
  ],
  [{ fallbackText: "x", fallbackContent: { text: "y" } }, InvalidRequestError, "fallbackContent is given too"],
  [{ fallbackAfter: undefined, fallbackRoute: "korean-sms" }, InvalidRequestError, "fallbackAfter is missing"],
  [
    { route: "korean-sms", content: { text: "x" }, fallbackRoute: "kakao", fallbackText: "x" },
    InvalidRequestError,
    "nobody gets a second one",
  ],
])("%j is refused before anything is written", async (change, kind, message) => {
  const made = hikyaku.createCampaign({ key: "refused", ...alimtalk, ...change } as never);
  await expect(made).rejects.toThrow(kind);
  if (message !== null) await expect(made).rejects.toThrow(message);
});

test("a recipient whom the second route can't reach is told and left out", async () => {
  const preview = await hikyaku.previewCampaign({
    ...{ ...alimtalk, fallbackRoute: "japanese-sms", fallbackText: "x" },
    recipients: [{ to: "010-2000-1111", ...guest }],
  });
  expect(preview).toMatchObject({ recipients: 0, rejections: [{ reason: expect.stringContaining("fallbackTo") }] });
});
