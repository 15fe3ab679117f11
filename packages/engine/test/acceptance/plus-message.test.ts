import { listInbound, listMessages, listSuppressions } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { magicNumber, plainNumber, startTestCampaign } from "../import-recipients.ts";
import { startSystem } from "../start-system.ts";
import { waitForCounts } from "../wait-for-campaign.ts";
import { gatewayRecordOf, inboxOf, messageIn, setPhone, statesOf } from "./observe.ts";

/*
 * +Message, its SMS, and what users do, from the campaign to the phone and back (guide §2.4 to §2.8; protocol notes §4.1, §13), through real
 * processes and the strict simulator, which answers 400 to any other header or token than the mode's.
 */

const card = {
  title: "#{n}番のお客様",
  description: "ご予約の日が近づきました",
  buttons: [{ label: "行きます" }, { label: "地図", url: "https://www.example.jp/map?n=#{n}" }],
};
const content = { mode: "sms-fallback", card, sms: { text: "#{n}番のお客様、ご予約の日が近づきました" } };

test("of one campaign some get the card, some its SMS, some neither, and each is told as it is", async () => {
  await using system = await startSystem({
    ...{ plusMessage: true, routeConfig: { receiptGrace: "1s" } },
  });
  await system.start("receiver");
  await system.start("poller");
  await system.start("worker");
  // The card is read; no app; the app is gone, and nobody knows; a failure, of which no webhook tells; a carrier without +Message.
  const recipients = [0, 1, 2, 5, 23].map(magicNumber);
  const [reader, plain, gone, failing, rakuten] = recipients as [string, string, string, string, string];
  const campaignId = await startTestCampaign(system, { recipients, content });
  const ends = {
    [reader]: "displayed",
    [plain]: "delivered",
    [gone]: "sent",
    [failing]: "failed",
    [rakuten]: "delivered",
  };
  await waitFor(async () => JSON.stringify(await statesOf(system, campaignId)) === JSON.stringify(ends), {
    ...{ what: JSON.stringify(ends), timeoutMs: 30_000 },
  });

  const got = await Promise.all(recipients.map((number) => inboxOf(system, number)));
  expect(got).toEqual([
    ["rcs"],
    ["sms 2番のお客様、ご予約の日が近づきました"],
    [],
    [],
    ["sms 5番のお客様、ご予約の日が近づきました"],
  ]);
  const rows = await listMessages(system.ledger.sql, { campaignId, limit: 9 });
  expect(rows.map(({ channel }) => channel)).toEqual(["rcs", "sms", "rcs", "rcs", "sms"]);
  for (const number of recipients) {
    expect((await gatewayRecordOf(system, number)).messages).toMatchObject([{ mode: "0" }]);
  }
}, 60_000);

test("each mode goes the way it says: +Message alone, SMS alone, or the one and else the other", async () => {
  await using system = await startSystem({ plusMessage: true, routeConfig: { receiptGrace: "1s" } });
  await system.start("receiver");
  await system.start("poller");
  await system.start("worker");
  const [reader, plain] = [magicNumber(0), magicNumber(1)];
  const ways: [content: Record<string, unknown>, mode: string, ends: string[], channels: string[]][] = [
    [{ mode: "rcs", card }, "1", ["displayed", "failed"], ["rcs", "rcs"]],
    [{ mode: "sms", text: "#{n}番のお客様へ" }, "2", ["delivered", "delivered"], ["sms", "sms"]],
    [content, "0", ["displayed", "delivered"], ["rcs", "sms"]],
  ];
  for (const [each, mode, ends, channels] of ways) {
    const campaignId = await startTestCampaign(system, { recipients: [reader, plain], content: each });
    await waitFor(async () => String(Object.values(await statesOf(system, campaignId))) === String(ends), {
      ...{ what: `mode ${mode}: ${ends}`, timeoutMs: 30_000 },
    });
    const rows = await listMessages(system.ledger.sql, { campaignId, limit: 9 });
    expect(rows.map(({ channel }) => channel)).toEqual(channels);
    expect(rows.map(({ sendMode }) => sendMode)).toEqual([mode, mode]);
  }
  expect(await inboxOf(system, plain)).toEqual(["sms 2番のお客様へ", "sms 2番のお客様、ご予約の日が近づきました"]);
}, 90_000);

test.each(["camel", "flat", "wrapped"] as const)(
  "where the gateway writes %s, and its events have no name, all of it is understood",
  async (shape) => {
    const shapes = { acceptShape: shape, smsResultShape: shape, statusShape: shape, rcsResponseShape: shape };
    await using system = await startSystem({
      ...{ plusMessage: true, simulator: { ...shapes, webhookShape: "without-event" } },
      // Only the poller learns of the failure.
      routeConfig: { receiptGrace: "1s" },
    });
    const receiver = await system.start("receiver");
    await system.start("poller");
    await system.start("worker");
    const recipients = [0, 1, 5, 12, 13].map(magicNumber);
    const campaignId = await startTestCampaign(system, { recipients, content });
    const ends = ["displayed", "delivered", "failed", "delivered", "displayed"];
    await waitFor(async () => String(Object.values(await statesOf(system, campaignId))) === String(ends), {
      ...{ what: String(ends), timeoutMs: 30_000 },
    });
    await waitFor(async () => (await listInbound(system.ledger.sql, { limit: 9 })).length === 2, {
      what: "both answers",
    });
    const answers = await listInbound(system.ledger.sql, { campaignId, limit: 9 });
    expect(answers.map(({ event, text }) => `${event} ${text}`).sort()).toEqual(["response 行きます", "sms-mo 停止"]);
    expect(receiver.stdout).not.toContain("notification not understood");
  },
  60_000,
);

test("a reply, a tap, a registration and an SMS come back to the campaign, and who refused is skipped by the next", async () => {
  await using system = await startSystem({ plusMessage: true });
  const { sql } = system.ledger;
  await system.start("receiver");
  await system.start("worker");
  const [refuser, tapper, writer, newcomer] = [12, 13, 14, 15].map(magicNumber) as [string, string, string, string];
  const other = plainNumber(1);
  await setPhone(system, other, { carrier: "docomo", app: "installed", read: 0 });
  const recipients = [refuser, tapper, writer, newcomer, other];
  const campaignId = await startTestCampaign(system, { recipients, content });
  await messageIn(system, other, "displayed");
  // By hand, as from the page of the phone: another button, then a refusal by +Message.
  await system.control("POST", "/sim/rcs/response", { from: other, suggestion: "地図" });
  await system.control("POST", "/sim/rcs/message", { from: other, text: "配信停止" });

  const rows = await waitFor(
    async () => {
      const found = await listInbound(sql, { limit: 99 });
      return found.length >= 6 && found;
    },
    { what: "six things that users did", timeoutMs: 20_000 },
  );
  const said = rows
    .map((row) => [row.recipient, row.event, row.text, row.button, row.linkedBy, row.wordKind])
    .sort((a, b) => String(a).localeCompare(String(b)));
  expect(said).toEqual(
    [
      [refuser, "sms-mo", "停止", null, "number", "opt-out"],
      [tapper, "response", "行きます", expect.any(String), "reference", null],
      [writer, "message", "ありがとうございます", null, "time", null],
      // Registered before the first message was there.
      [newcomer, "new-user", "Start Chat", null, expect.toSatisfy((way) => way === null || way === "time"), null],
      [other, "response", "地図", expect.any(String), "reference", null],
      [other, "message", "配信停止", null, "time", "opt-out"],
    ].sort((a, b) => String(a).localeCompare(String(b))),
  );
  for (const row of rows) if (row.event !== "new-user") expect(row.campaignId).toBe(campaignId);

  await waitFor(async () => (await listSuppressions(sql, { limit: 9 })).length === 2, { what: "two suppressions" });
  const next = await startTestCampaign(system, { recipients: [refuser, other, writer], content });
  await waitForCounts(system, next, ({ queued, sending }) => queued + sending === 0, {
    what: "the next one to be out",
  });
  expect(await statesOf(system, next)).toMatchObject({ [refuser]: "suppressed", [other]: "suppressed" });
  for (const number of [refuser, other]) expect(await inboxOf(system, number)).toHaveLength(1);
  await waitFor(async () => (await inboxOf(system, writer)).length === 2, { what: "the second card" });
}, 90_000);
