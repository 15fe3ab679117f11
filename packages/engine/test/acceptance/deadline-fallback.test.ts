import { campaignCounts, campaignReport, findCampaign, listMessages } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { magicNumber, plainNumber, startTestCampaign } from "../import-recipients.ts";
import { startSystem, type TestSystem } from "../start-system.ts";
import { gatewayRecordOf, inboxOf, messageIn, setPhone } from "./observe.ts";

/*
 * What the carrier does not offer (guide §1.5): whoever the +Message does not reach within a time gets its SMS by mode 2, once. Through real
 * processes and the strict simulator, which answers a status check 400 unless it names the mode of the send.
 */

const sms = { text: "#{n}番のお客様へ、SMSです" };
const plusOnly = { mode: "rcs", card: { title: "#{n}番のお客様へ" }, sms };
const plan = { afterMs: 3_000, onUnknown: false, onRejected: false };

/** Nothing on its way and nobody to decide about. */
async function settled(system: TestSystem, campaignId: string): Promise<void> {
  const { sql } = system.ledger;
  const open = new Set(["queued", "sending"]);
  await waitFor(
    async () => {
      const rows = await listMessages(sql, { campaignId, limit: 99 });
      const isDecided = rows.every(({ fallbackAt, state }) => fallbackAt === null && !open.has(state));
      return isDecided && (await findCampaign(sql, { id: campaignId }))?.state !== "running";
    },
    { what: "everything to be decided", timeoutMs: 40_000 },
  );
}

/** Channel and mode of every message the gateway took for the number, in order. */
async function sentTo(system: TestSystem, number: string): Promise<string[]> {
  const { messages } = await gatewayRecordOf(system, number);
  return messages.map(({ channel, mode }) => `${channel} by ${mode}`);
}

test("whom the +Message does not reach in time gets one SMS, nobody else does, and a killed poller changes nothing", async () => {
  await using system = await startSystem({ plusMessage: true, routeConfig: { receiptGrace: "1h" } });
  await system.start("receiver");
  const doomed = await system.start("poller");
  await system.start("worker");
  const [reader, noApp, gone, silent, doubtful] = [0, 1, 2, 30, 61].map(magicNumber) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const [late, dark] = [plainNumber(1), plainNumber(2)];
  for (const number of [late, dark]) {
    await setPhone(system, number, { carrier: "docomo", app: "installed", power: "off", read: "never" });
  }
  // Taken without an answer, and only told of as sent: that resolves the doubt, and leaves it undelivered.
  await setPhone(system, doubtful, { behaviour: "61", app: "uninstalled" });
  const recipients = [reader, noApp, gone, silent, doubtful, late, dark];
  const campaignId = await startTestCampaign(system, { recipients, content: plusOnly, fallback: plan });

  await messageIn(system, reader, "displayed");
  await setPhone(system, late, { power: "on" });
  await messageIn(system, late, "delivered");
  await doomed.kill("SIGKILL");
  await system.start("poller");
  await settled(system, campaignId);
  // The SMS reaches phones that are off when they are switched on, and the card as well by then.
  await setPhone(system, dark, { power: "on" });
  await waitFor(async () => (await inboxOf(system, dark)).length === 2, { what: "both to arrive" });

  const sent = await Promise.all(recipients.map((number) => sentTo(system, number)));
  expect(sent).toEqual([
    ["rcs by 1"],
    ["rcs by 1", "sms by 2"],
    ["rcs by 1", "sms by 2"],
    ["rcs by 1"],
    ["rcs by 1", "sms by 2"],
    ["rcs by 1"],
    ["rcs by 1", "sms by 2"],
  ]);
  expect(await inboxOf(system, gone)).toEqual(["sms 3番のお客様へ、SMSです"]);
  expect(await inboxOf(system, silent)).toHaveLength(1);
  const seconds = await listMessages(system.ledger.sql, { campaignId, leg: 2, limit: 99 });
  expect(seconds.map(({ sendMode, channel }) => `${channel} by ${sendMode}`)).toEqual(Array(4).fill("sms by 2"));
  await waitFor(async () => (await campaignCounts(system.ledger.sql, { campaignId, leg: 2 })).delivered === 4, {
    what: "the SMS to be delivered",
  });
  expect((await campaignReport(system.ledger.sql, { campaignId }))?.secondLegs?.reached).toMatchObject({
    second: 3,
    both: 1,
  });
}, 120_000);

test("whoever got an SMS by the carrier's own fallback gets no second one, delivered or not", async () => {
  await using system = await startSystem({ plusMessage: true });
  await system.start("receiver");
  await system.start("poller");
  await system.start("worker");
  const [plain, gone] = [magicNumber(1), magicNumber(2)];
  const dark = plainNumber(3);
  await setPhone(system, dark, { carrier: "au", app: "none", power: "off" });
  const recipients = [plain, gone, dark];
  const content = { ...plusOnly, mode: "sms-fallback" };
  const campaignId = await startTestCampaign(system, { recipients, content, fallback: plan });
  // The one without an SMS has it by then, so the deadline of the others has passed too.
  await messageIn(system, gone, "delivered");
  await settled(system, campaignId);

  expect(await sentTo(system, plain)).toEqual(["sms by 0"]);
  expect(await sentTo(system, gone)).toEqual(["rcs by 0", "sms by 2"]);
  expect(await sentTo(system, dark)).toEqual(["sms by 0"]);
  expect(await inboxOf(system, gone)).toEqual(["sms 2番のお客様へ、SMSです"]);
}, 90_000);
