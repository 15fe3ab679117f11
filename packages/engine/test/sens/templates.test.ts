import { awaitRefresh, findAccount, findCampaign } from "@hikyaku/ledger";
import { type EnqueueRequest, InvalidContentError, type Producer } from "@hikyaku/producer";
import type { SensSimulator } from "@hikyaku/simulator";
import { type NodeProcess, waitFor } from "@hikyaku/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fateOf, numberOf, route, type SensSystem, startSensSystem } from "./system.ts";

vi.setConfig({ testTimeout: 90_000 });

type Template = Parameters<SensSimulator["putTemplate"]>[0];

/** Each test has its own, so that none meets what another has made of one. */
const templateOf = (templateCode: string): Template => ({
  channelId: "@demo_shop",
  ...{ templateCode, templateName: templateCode, content: "#{name}님, 소식이 있습니다." },
  ...{ templateInspectionStatus: "COMPLETE", templateStatus: "ACTIVE" },
});
const contentOf = (templateCode: string) => ({ templateCode, text: "#{name}님, 소식이 있습니다.", failover: false });
const recipients = (count: number) => Array.from({ length: count }, (_, n) => ({ to: numberOf(n), name: "하나" }));

async function openWorld(workers: number) {
  const system = await startSensSystem();
  const processes = [];
  for (let count = 0; count < workers; count++) processes.push(await system.start("worker"));
  await system.start("poller");
  return { system, workers: processes, hikyaku: await system.openProducer() };
}

async function putTemplate({ simulator, ledger }: SensSystem, template: Template): Promise<void> {
  simulator.putTemplate(template);
  await read(ledger);
}

/** Has a poller read the account, and waits for it. */
async function read({ sql }: SensSystem["ledger"]): Promise<void> {
  expect(await awaitRefresh(sql, { route, patienceMs: 30_000 })).toBe("fresh");
}

const inAnHour = () => new Date(Date.now() + 3_600_000);

function requestOf(key: string, more: Partial<EnqueueRequest> = {}): EnqueueRequest {
  return { key, route, class: "transactional", content: contentOf(key), recipients: recipients(20), ...more };
}

/** As if its time had come at this moment. */
async function letBeDue({ ledger }: SensSystem, id: string): Promise<void> {
  await ledger.sql`update campaign set start_at = now() where id = ${id}`;
}

async function moved(hikyaku: Producer, id: string) {
  const isMoved = async () => (await hikyaku.findCampaign({ id }))?.state !== "ready";
  await waitFor(isMoved, { timeoutMs: 60_000, what: "the campaign to start, or not" });
  return await hikyaku.findCampaign({ id });
}

const countIn = (processes: readonly NodeProcess[], sentence: string) =>
  processes.reduce((sum, { stdout }) => sum + stdout.split(sentence).length - 1, 0);

describe("a campaign by a template, at the time of its start", () => {
  const stack = new AsyncDisposableStack();
  let system: SensSystem;
  let workers: NodeProcess[];
  let hikyaku: Producer;

  beforeAll(async () => {
    ({ system, workers, hikyaku } = await openWorld(2));
    stack.use(system);
  }, 120_000);
  afterAll(() => stack.disposeAsync());

  test("starts once where its template is what it was, which the carrier was asked about at that time", async () => {
    await putTemplate(system, templateOf("KEPT"));
    const { id } = await hikyaku.enqueueCampaign(requestOf("KEPT", { startAt: inAnHour() }));
    const before = await findAccount(system.ledger.sql, { route });
    await letBeDue(system, id);
    await moved(hikyaku, id);
    await system.reached(id, { delivered: 20 });
    const [campaign, account] = await Promise.all([
      findCampaign(system.ledger.sql, { id }),
      findAccount(system.ledger.sql, { route }),
    ]);
    expect(account?.refreshedAt?.getTime()).toBeGreaterThan(before?.refreshedAt?.getTime() ?? 0);
    expect(campaign?.startedAt?.getTime()).toBeGreaterThanOrEqual(account?.refreshedAt?.getTime() ?? Infinity);
    expect(system.simulator.metrics().duplicates.count).toBe(0);
  });

  test.each<[string, string, Partial<Template> | null, string]>([
    ["stopped", "STOPPED", { templateStatus: "STOP" }, "template STOPPED is STOP, not ACTIVE"],
    ["returned", "RETURNED", { templateInspectionStatus: "REJECT" }, "template RETURNED is returned (REJECT)"],
    [
      "changed",
      "CHANGED",
      { content: "#{name}님, 새 소식이 있습니다." },
      "it was “#{name}님, 소식이 있습니다.” and is “#{name}님, 새 소식이 있습니다.”",
    ],
    ["withdrawn", "WITHDRAWN", null, "the channel has no template WITHDRAWN"],
  ])(
    "is paused where it was %s meanwhile, sends nothing, and goes on when it is there again",
    async (_, code, change, why) => {
      await putTemplate(system, templateOf(code));
      const { id } = await hikyaku.enqueueCampaign(requestOf(code, { startAt: inAnHour() }));
      const told = countIn(workers, "a due campaign cannot be sent as it is; it is paused");
      if (change === null) system.simulator.removeTemplate({ channelId: "@demo_shop", templateCode: code });
      else system.simulator.putTemplate({ ...templateOf(code), ...change });
      await letBeDue(system, id);
      const campaign = await moved(hikyaku, id);
      expect(campaign).toMatchObject({ state: "paused", counts: { queued: 20, everAccepted: 0 } });
      expect(campaign?.pauseReason).toMatch(/^not started: content\.template/);
      expect(campaign?.pauseReason).toContain(why);
      expect(campaign?.pauseReason).toContain("When that is as it was, resume the campaign; otherwise cancel it");
      // By one of both workers.
      const isTold = () => countIn(workers, "a due campaign cannot be sent as it is; it is paused") > told;
      await waitFor(isTold, { what: "the log line" });
      expect(countIn(workers, "a due campaign cannot be sent as it is; it is paused")).toBe(told + 1);

      await expect(hikyaku.resumeCampaign({ id })).rejects.toThrow(InvalidContentError);
      await expect(hikyaku.resumeCampaign({ id })).rejects.toThrow(why);
      expect(await hikyaku.findCampaign({ id })).toMatchObject({ state: "paused" });
      system.simulator.putTemplate(templateOf(code));
      expect(await hikyaku.resumeCampaign({ id })).toMatchObject({ state: "running", pauseReason: null, warnings: [] });
      await system.reached(id, { delivered: 20 });
    },
  );

  test("is refused when a person starts it, by what the carrier says now", async () => {
    await putTemplate(system, templateOf("BYHAND"));
    const { id } = await hikyaku.enqueueCampaign(requestOf("BYHAND", { start: false }));
    system.simulator.putTemplate({ ...templateOf("BYHAND"), templateStatus: "STOP" });
    await expect(hikyaku.startCampaign({ id })).rejects.toThrow("template BYHAND is STOP, not ACTIVE");
    expect(await hikyaku.findCampaign({ id })).toMatchObject({ state: "ready", startAt: null });
    system.simulator.putTemplate(templateOf("BYHAND"));
    expect(await hikyaku.startCampaign({ id })).toMatchObject({ state: "running", warnings: [] });
    await system.reached(id, { delivered: 20 });
  });

  test("carries a copy of its second leg's template, too, and is paused where that is another one", async () => {
    for (const code of ["FIRST", "SECOND"]) await putTemplate(system, templateOf(code));
    const plan = { fallbackAfter: "1h", fallbackContent: contentOf("SECOND") };
    const request = requestOf("FIRST", { ...plan, startAt: inAnHour() });
    const { id } = await hikyaku.enqueueCampaign(request);
    const campaign = await findCampaign(system.ledger.sql, { id });
    const copy = expect.objectContaining({ templateCode: "SECOND", content: contentOf("SECOND").text });
    expect(campaign?.fallback?.content).toEqual({ ...contentOf("SECOND"), template: copy });
    // The copy is no part of what was asked for.
    expect(await hikyaku.enqueueCampaign({ ...request, recipients: recipients(20) })).toMatchObject({ created: false });
    const other = hikyaku.enqueueCampaign({ ...request, priority: 9 });
    await expect(other).rejects.toThrow(/priority/);
    await expect(other).rejects.not.toThrow(/fallback/);

    system.simulator.putTemplate({ ...templateOf("SECOND"), content: "#{name}님, 안녕하세요." });
    await letBeDue(system, id);
    const paused = await moved(hikyaku, id);
    expect(paused).toMatchObject({ state: "paused" });
    expect(paused?.pauseReason).toMatch(
      /^not started: fallbackContent\.template\.content: template SECOND has changed since this was written/,
    );
  });

  test("sends a second leg by the template it carries", async () => {
    for (const code of ["ONE", "TWO"]) await putTemplate(system, templateOf(code));
    const to = fateOf("3018");
    const { id } = await hikyaku.enqueueCampaign(
      requestOf("ONE", {
        fallbackAfter: "1h",
        fallbackContent: contentOf("TWO"),
        recipients: [{ ...recipients(1)[0], to }],
      }),
    );
    const sent = () => system.simulator.messages().filter(({ template }) => template.templateCode === "TWO");
    await waitFor(() => sent().length > 0, { timeoutMs: 60_000, what: "the second leg at the carrier" });
    expect(sent()).toMatchObject([{ content: "하나님, 소식이 있습니다." }]);
    expect(await system.messages(id, 2)).toMatchObject([{ route, leg: 2, content: null }]);
  });

  test("is refused at once where the second leg's template is not approved, or differs", async () => {
    await putTemplate(system, templateOf("ALONE"));
    const plan = { fallbackAfter: "1h" };
    const waiting = { templateCode: "WAITING01", text: "안녕" };
    await expect(hikyaku.enqueueCampaign(requestOf("ALONE", { ...plan, fallbackContent: waiting }))).rejects.toThrow(
      "fallbackContent.templateCode: template WAITING01 is in inspection (INSPECT)",
    );
    const different = { ...contentOf("ALONE"), text: "#{name}님, 소식이 있습니다!" };
    await expect(hikyaku.enqueueCampaign(requestOf("ALONE", { ...plan, fallbackContent: different }))).rejects.toThrow(
      "fallbackContent.text: the text is not the approved one",
    );
    expect(await hikyaku.findCampaign({ key: "ALONE" })).toBeNull();
  });

  test("a message that is sent again by its key answers what it did at first, whatever became of its templates", async () => {
    for (const code of ["SINGLE", "AFTER"]) await putTemplate(system, templateOf(code));
    const message = {
      ...{ route, to: numberOf(1_000), class: "transactional" as const, content: contentOf("SINGLE") },
      ...{ variables: { name: "하나" }, fallbackAfter: "1h", fallbackContent: contentOf("AFTER") },
    };
    const first = await hikyaku.sendMessage(message, { idempotencyKey: "order-1" });
    expect(first).toMatchObject({ created: true });
    for (const templateCode of ["SINGLE", "AFTER"]) {
      system.simulator.removeTemplate({ channelId: "@demo_shop", templateCode });
    }
    await read(system.ledger);
    const again = await hikyaku.sendMessage(message, { idempotencyKey: "order-1" });
    expect(again).toMatchObject({ id: first.id, created: false });
    // Another content by the same key is told as that, and a new message as what is wrong with it.
    const other = { ...message, variables: { name: "다른" } };
    await expect(hikyaku.sendMessage(other, { idempotencyKey: "order-1" })).rejects.toThrow(/order-1/);
    await expect(hikyaku.sendMessage(message, { idempotencyKey: "order-2" })).rejects.toThrow(
      "the channel has no template SINGLE",
    );
  });

  test("a schedule's run whose template is stopped fails, with the reason in its history, and makes no campaign", async () => {
    await putTemplate(system, templateOf("DAILY"));
    const today = new Date().toISOString().slice(0, 10);
    const until = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
    await hikyaku.createSchedule({
      ...{ code: "daily", at: "00:00", timeZone: "UTC", from: today, until },
      ...{ route, class: "transactional", content: contentOf("DAILY") },
    });
    await hikyaku.importScheduleRecipients("daily", { recipients: recipients(20) });
    system.simulator.putTemplate({ ...templateOf("DAILY"), templateStatus: "STOP" });
    await system.ledger.sql`
      update schedule set next_at = now() - interval '100 milliseconds', next_day = ${today} where code = 'daily'`;
    const run = await waitFor(
      async () => (await hikyaku.scheduleRuns("daily")).find(({ state }) => state !== "importing"),
      { timeoutMs: 60_000, what: "the run to end" },
    );
    expect(run).toMatchObject({
      ...{ day: today, state: "failed", campaignId: null },
      reason: expect.stringContaining("content.templateCode: template DAILY is STOP, not ACTIVE"),
    });
    expect(await hikyaku.findCampaign({ key: `daily/${today}` })).toBeNull();
  });
});

test("a carrier that is away keeps no campaign from its start: the copy of the template counts, and the log says so", async () => {
  const { system, workers, hikyaku } = await openWorld(1);
  await using _ = system;
  await putTemplate(system, templateOf("AWAY"));
  const { id } = await hikyaku.enqueueCampaign(requestOf("AWAY", { startAt: inAnHour() }));
  const byHand = await hikyaku.enqueueCampaign(requestOf("AWAY", { key: "by-hand", start: false }));
  await system.simulator.close();
  await letBeDue(system, id);
  expect(await moved(hikyaku, id)).toMatchObject({ state: "running" });
  await waitFor(() => countIn(workers, "a due campaign started by the copy of its template") === 1, {
    what: "the log line",
  });
  const started = await hikyaku.startCampaign({ id: byHand.id });
  expect(started).toMatchObject({ state: "running", warnings: [{ code: "template-copy-counts", rows: 0 }] });
  expect(started.warnings[0]?.message).toMatch(
    /^the templates of kakao could not be read now \(.+\); as they were at /,
  );
});
