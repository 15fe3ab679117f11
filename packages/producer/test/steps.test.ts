import { describe, expect, test } from "vitest";
import { CampaignNotFoundError, CampaignStateError } from "../src/index.ts";
import { freshProducer, people } from "./fresh-producer.ts";

const coupon = { key: "2026-12-coupon", route: "coupon-sms", text: "#{name}様、クーポンをお送りします。" };
const ref = { key: coupon.key };

describe("a campaign step by step", () => {
  test("is created, imported into, started, paused, resumed, cancelled", async () => {
    await using fresh = await freshProducer();
    const { hikyaku } = fresh;
    expect(await hikyaku.createCampaign(coupon)).toMatchObject({ state: "draft", created: true, recipients: 0 });
    expect(await hikyaku.createCampaign(coupon)).toMatchObject({ state: "draft", created: false });
    const imported = await hikyaku.importRecipients(ref, { recipients: people(5) });
    expect(imported).toMatchObject({ state: "ready", recipients: 5 });
    expect(await hikyaku.importRecipients(ref, { recipients: people(5) })).toEqual(imported);
    expect(await hikyaku.startCampaign(ref)).toMatchObject({ state: "running" });
    expect(await hikyaku.startCampaign({ id: imported.id })).toMatchObject({ state: "running" });
    const paused = await hikyaku.pauseCampaign(ref, { reason: "typo" });
    expect(paused).toMatchObject({ state: "paused", pauseReason: "typo", counts: { queued: 5, total: 5 } });
    expect(await hikyaku.resumeCampaign(ref)).toMatchObject({ state: "running", pauseReason: null });
    const cancelled = await hikyaku.cancelCampaign(ref);
    expect(cancelled).toMatchObject({ sent: 0, inFlight: 0, stopped: 5, campaign: { state: "cancelled" } });
    const report = await hikyaku.campaignReport(ref);
    expect(report).toMatchObject({ campaign: { key: coupon.key, state: "cancelled" }, counts: { total: 5 } });
    expect(report.campaign).not.toHaveProperty("requestHash");
  });

  test("with a time to start waits for it after the import", async () => {
    await using fresh = await freshProducer();
    const startAt = new Date(Date.now() + 3_600_000);
    await fresh.hikyaku.createCampaign(coupon);
    await fresh.hikyaku.importRecipients(ref, { recipients: people(1) });
    expect(await fresh.hikyaku.startCampaign(ref, { startAt })).toMatchObject({ state: "ready", startAt });
  });

  test("refuses a step that its state does not allow, and says what to do", async () => {
    await using fresh = await freshProducer();
    const { hikyaku } = fresh;
    await hikyaku.createCampaign(coupon);
    await expect(hikyaku.startCampaign(ref)).rejects.toThrow("is draft: it has not got all its recipients yet");
    await expect(hikyaku.pauseCampaign(ref)).rejects.toThrow("only a running campaign can be paused");
    await expect(hikyaku.resumeCampaign(ref)).rejects.toThrow(CampaignStateError);
    await hikyaku.importRecipients(ref, { recipients: people(1) });
    await expect(hikyaku.discardImport(ref)).rejects.toThrow("its import is over");
    await hikyaku.cancelCampaign(ref);
    await expect(hikyaku.startCampaign(ref)).rejects.toThrow("is cancelled: that is for good");
  });

  test("can't be followed by an SMS when it is one, and neither can a single message", async () => {
    await using fresh = await freshProducer();
    const { hikyaku } = fresh;
    const refusal = "fallbackAfter: nothing of the content can follow when it does not arrive";
    await expect(hikyaku.createCampaign({ ...coupon, fallbackAfter: "4h" })).rejects.toThrow(refusal);
    await expect(hikyaku.previewCampaign({ ...coupon, fallbackAfter: "4h", recipients: people(1) })).rejects.toThrow(
      refusal,
    );
    const message = { route: "coupon-sms", to: "090-1234-5678", text: "コード 1234" };
    await expect(hikyaku.sendMessage({ ...message, fallbackAfter: "2m" })).rejects.toThrow(refusal);
    await expect(hikyaku.sendMessage({ ...message, fallbackOnRejected: true })).rejects.toThrow(
      "fallbackOnRejected: fallbackAfter is missing",
    );
    expect(await fresh.sql`select from message`).toHaveLength(0);
  });

  test("has to exist", async () => {
    await using fresh = await freshProducer();
    const { hikyaku } = fresh;
    expect(await hikyaku.findCampaign(ref)).toBeNull();
    await expect(hikyaku.startCampaign(ref)).rejects.toThrow(CampaignNotFoundError);
    await expect(hikyaku.startCampaign({ id: "no-uuid" })).rejects.toThrow("id: there is no campaign no-uuid");
    await expect(hikyaku.importRecipients(ref, { recipients: [] })).rejects.toThrow("create it first");
    await expect(hikyaku.startCampaign({} as { id: string })).rejects.toThrow("must be { id } or { key }");
  });
});
