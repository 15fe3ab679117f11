import type { LookUpRef, StatusAnswer, StatusRef } from "@hikyaku/core";
import { type SensSimulator, type SensSimulatorOptions, startSensSimulator } from "@hikyaku/simulator";
import { describe, expect, test } from "vitest";
import { recipientOf, testClient, testRules } from "../test/test-route.ts";
import type { AlimtalkPayload } from "./content.ts";
import { contentFromTemplate } from "./content-from-template.ts";
import type { AlimtalkContent } from "./content-schema.ts";
import { smsRouteConfigSchema } from "./route-config.ts";
import type { AlimtalkMessage } from "./send.ts";
import type { SensClient } from "./sens-client.ts";
import { connectSensSms } from "./sms-client.ts";
import { sensSms } from "./sms-provider.ts";

/** A strict gateway whose network takes no time worth waiting for, and a client that looks things up at once. */
async function start(options: SensSimulatorOptions = {}) {
  const timing = { resultMs: 0, listedAfterMs: 0, failoverMs: 0, smsMs: 0 };
  const simulator = await startSensSimulator({ strict: true, timing, ...options });
  const client = testClient(0, { baseUrl: simulator.gatewayUrl, lookUp: { after: "1ms", window: "2m" } });
  return {
    simulator,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await simulator.close();
    },
  };
}

/** Messages by a template of the account, one for each recipient. */
async function messagesTo(
  client: SensClient,
  recipients: readonly string[],
  choice: Partial<AlimtalkContent> = {},
): Promise<AlimtalkMessage[]> {
  const templates = await client.listTemplates({ templateCode: "ORDER01" });
  const [template] = templates.kind === "ok" ? templates.value : [];
  if (template === undefined) throw new Error(JSON.stringify(templates));
  const content = testRules().prepareContent(contentFromTemplate(template, choice));
  if ("issues" in content) throw new Error(JSON.stringify(content.issues));
  return recipients.map((recipient, index) => {
    const rendered = content.render([`Hana ${index}`, String(index), `shop.example/o/${index}`]);
    if ("issues" in rendered) throw new Error(JSON.stringify(rendered.issues));
    return { id: `m${index}`, recipient, payload: rendered.payload as AlimtalkPayload };
  });
}

const hundred = Array.from({ length: 100 }, (_, index) => recipientOf(10_000_000 + index));

/** Sends and gives what a poller would ask with. */
async function accepted(client: SensClient, messages: readonly AlimtalkMessage[]): Promise<StatusRef[]> {
  const outcomes = await client.send(messages);
  return outcomes.map((outcome, index) => {
    if (outcome.kind !== "accepted") throw new Error(JSON.stringify(outcome));
    const { providerMessageId, providerOrderId } = outcome;
    return { messageId: `m${index}`, providerMessageId: providerMessageId ?? "", providerOrderId, channel: "alimtalk" };
  });
}

/** Asks until no answer is pending. */
async function settled(client: Pick<SensClient, "checkStatus">, refs: readonly StatusRef[]): Promise<StatusAnswer[]> {
  for (;;) {
    const answers = await client.checkStatus(refs);
    const isOpen = (answer: StatusAnswer) => answer.kind !== "status" || answer.state === "pending";
    if (!answers.some(isOpen)) return answers;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const lost = (messages: readonly AlimtalkMessage[]): LookUpRef[] =>
  messages.map(({ id, recipient, payload }) => ({
    messageId: id,
    recipient,
    payload,
    postedAt: new Date(Date.now() - 100),
  }));
const requestsOf = (simulator: SensSimulator, part: string) =>
  simulator.requests().filter(({ target }) => target.includes(part));

describe("against the strict simulator", () => {
  test("a hundred messages are one request, and their results one list call", async () => {
    await using gateway = await start();
    const refs = await accepted(gateway.client, await messagesTo(gateway.client, hundred));
    expect(gateway.simulator.metrics()).toMatchObject({ sends: 1, messages: { total: 100 } });
    const answers = await settled(gateway.client, refs);
    expect(answers.map((answer) => answer.kind === "status" && answer.state)).toEqual(hundred.map(() => "delivered"));
    const asked = requestsOf(gateway.simulator, "?requestId=").length;
    await gateway.client.checkStatus(refs);
    expect(requestsOf(gateway.simulator, "?requestId=")).toHaveLength(asked + 1);
  });

  test("entries in any order and with unknown fields are each found", async () => {
    await using gateway = await start({ modes: { outOfOrder: true, extraFields: true, wrappedErrors: true } });
    const refs = await accepted(gateway.client, await messagesTo(gateway.client, hundred));
    const ids = new Map(gateway.simulator.messages().map((message) => [message.messageId, message.to]));
    expect(refs.map(({ providerMessageId }) => ids.get(providerMessageId))).toEqual(
      hundred.map((number) => `0${number.slice(3)}`),
    );
    expect((await settled(gateway.client, refs)).every((answer) => answer.kind === "status")).toBe(true);
  });

  const fates: [digits: string, answer: Record<string, unknown>][] = [
    ["0001", { state: "delivered", rawStatus: "0000" }],
    ["3019", { state: "delivered", secondLeg: { channel: "sms", state: "delivered", firstStatus: "3019" } }],
    ["3020", { state: "delivered", secondLeg: { firstStatus: "3020" } }],
    ["3005", { state: "sent", rawStatus: "3005" }],
    ["9901", { state: "failed", secondLeg: { state: "rejected", rawStatus: "3019, SMS refused 400" } }],
    ["9902", { state: "failed", secondLeg: { state: "failed", rawStatus: "3019, SMS 3018" } }],
  ];
  test("each number's fate is read, both legs together", async () => {
    await using gateway = await start();
    const numbers = fates.map(([digits]) => `+821000${digits.padStart(6, "0")}`);
    const refs = await accepted(gateway.client, await messagesTo(gateway.client, numbers, { failover: true }));
    expect(await settled(gateway.client, refs)).toMatchObject(
      fates.map(([, answer]) => ({ kind: "status", ...answer })),
    );
  });

  test("without failover a failed message is failed, and never asked about by itself", async () => {
    await using gateway = await start();
    const refs = await accepted(gateway.client, await messagesTo(gateway.client, ["+821000003019"]));
    expect(await settled(gateway.client, refs)).toMatchObject([{ state: "failed", rawStatus: "3019" }]);
    expect(requestsOf(gateway.simulator, "/messages/")).toEqual([]);
  });

  test("a refused recipient is rejected beside those that are accepted", async () => {
    await using gateway = await start();
    const outcomes = await gateway.client.send(await messagesTo(gateway.client, ["+821000000001", "+821000009900"]));
    expect(outcomes).toMatchObject([
      { kind: "accepted" },
      { kind: "rejected", reason: expect.stringContaining("A999") },
    ]);
  });

  test("a used-up quota holds the route", async () => {
    await using gateway = await start({ modes: { dailyQuota: 1 } });
    const [one, two] = await messagesTo(gateway.client, ["+821000000001", "+821000000002"]);
    expect(await gateway.client.send(one ? [one] : [])).toMatchObject([{ kind: "accepted" }]);
    expect(await gateway.client.send(two ? [two] : [])).toMatchObject([{ kind: "held", cause: "quota" }]);
  });

  test("a wrong clock is worked around and said; wrong keys hold the route", async () => {
    await using gateway = await start({ modes: { clockSkewMs: -600_000 } });
    const messages = await messagesTo(gateway.client, ["+821000000001"]);
    expect(await gateway.client.send(messages)).toMatchObject([{ kind: "accepted" }]);
    await using stranger = testClient(0, { baseUrl: gateway.simulator.gatewayUrl, secretKey: "another" });
    expect(await stranger.send(messages)).toMatchObject([{ kind: "held", cause: "credentials" }]);
    await using misplaced = testClient(0, {
      baseUrl: gateway.simulator.gatewayUrl,
      serviceId: "ncp:kkobizmsg:kr:9:demo",
    });
    expect(await misplaced.listChannels()).toMatchObject({
      kind: "held",
      reason: expect.stringContaining("Permission Denied"),
    });
  });
});

describe("a send of unknown outcome", () => {
  test.each([
    ["answered 500", ["+821000000500"], {}],
    ["answered 504", ["+821000000504"], {}],
    ["never answered", [], { resetAfterStore: 1 }],
  ])("that was stored and %s is found whole and not sent again", async (_, numbers, modes) => {
    await using gateway = await start({ modes });
    const messages = await messagesTo(gateway.client, [...hundred.slice(0, 99), ...numbers]);
    const outcomes = await gateway.client.send(messages);
    expect(outcomes.every(({ kind }) => kind === "unknown")).toBe(true);
    const found = await gateway.client.lookUp(lost(messages));
    const ids = gateway.simulator.messages().map(({ messageId, requestId }) => [messageId, requestId]);
    expect(
      found.map((answer) => answer.kind === "accepted" && [answer.providerMessageId, answer.providerOrderId]),
    ).toEqual(ids);
  });

  test("that never arrived is missing, may be sent again, and is then there once", async () => {
    await using gateway = await start({ modes: { resetBeforeStore: 1 } });
    const messages = await messagesTo(gateway.client, hundred);
    expect((await gateway.client.send(messages)).every(({ kind }) => kind === "unknown")).toBe(true);
    expect(await gateway.client.lookUp(lost(messages))).toMatchObject(hundred.map(() => ({ kind: "missing" })));
    gateway.simulator.setModes({ resetBeforeStore: 0 });
    await accepted(gateway.client, messages);
    expect(gateway.simulator.metrics()).toMatchObject({ messages: { total: 100 }, duplicates: { count: 0 } });
  });
});

describe("a reservation", () => {
  const time = () => new Date(Date.now() + 10 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
  const reserve = { reserve: { time: time(), timeZone: "Asia/Seoul" } };

  test("is accepted without ids, found when it is done, and then followed like any other", async () => {
    await using gateway = await start();
    const messages = await messagesTo(gateway.client, hundred.slice(0, 3), reserve);
    const outcomes = await gateway.client.send(messages);
    const [first] = outcomes;
    const reserveId = first?.kind === "accepted" ? (first.providerOrderId ?? "") : "";
    expect(outcomes).toMatchObject(
      messages.map(() => ({ kind: "accepted", providerMessageId: null, providerOrderId: reserveId })),
    );
    expect(await gateway.client.readReservation(reserveId)).toMatchObject({ kind: "ok", value: { state: "READY" } });
    const refs = lost(messages).map((ref) => ({ ...ref, providerOrderId: reserveId }));
    expect(await gateway.client.lookUp(refs)).toMatchObject(messages.map(() => ({ kind: "undecided" })));
    gateway.simulator.advanceClock(2 * 3_600_000);
    expect(await gateway.client.readReservation(reserveId)).toMatchObject({ value: { state: "DONE" } });
    const found = await gateway.client.lookUp(refs);
    const asked = found.map((answer, index) => {
      const providerMessageId = answer.kind === "accepted" ? answer.providerMessageId : "";
      return { messageId: `m${index}`, providerMessageId, providerOrderId: reserveId, channel: "alimtalk" };
    });
    expect(await settled(gateway.client, asked)).toMatchObject(messages.map(() => ({ state: "delivered" })));
  });

  test("that is cancelled revokes its messages", async () => {
    await using gateway = await start();
    const messages = await messagesTo(gateway.client, hundred.slice(0, 1), reserve);
    const [outcome] = await gateway.client.send(messages);
    const reserveId = outcome?.kind === "accepted" ? (outcome.providerOrderId ?? "") : "";
    expect(await gateway.client.cancelReservation(reserveId)).toEqual({ kind: "ok", value: "cancelled" });
    expect(await gateway.client.cancelReservation(reserveId)).toMatchObject({ kind: "refused" });
    expect(await gateway.client.cancelReservation("unknown")).toMatchObject({ kind: "nothing" });
    const refs = lost(messages).map((ref) => ({ ...ref, providerOrderId: reserveId }));
    expect(await gateway.client.lookUp(refs)).toMatchObject([{ kind: "revoked" }]);
  });
});

test("an SMS route sends, follows and looks up", async () => {
  await using gateway = await start();
  const route = smsRouteConfigSchema.parse({
    ...{ provider: "sens-sms", baseUrl: gateway.simulator.gatewayUrl, serviceId: gateway.simulator.smsServiceId },
    ...{ accessKey: "TestAccessKey", secretKey: "TestSecretKey", smsNumber: "0200000000", lookUp: { after: "1ms" } },
  });
  const content = sensSms.rules(sensSms.publicSettings(route)).prepareContent({ text: "#{이름}님, 안녕하세요" });
  const rendered = "render" in content ? content.render(["하나"]) : content;
  if ("issues" in rendered) throw new Error(JSON.stringify(rendered.issues));
  const client = connectSensSms(route, { connections: 1 });
  try {
    const message = { id: "m1", recipient: "+821000000001", payload: rendered.payload };
    const [outcome] = await client.send([message]);
    const providerMessageId = outcome?.kind === "accepted" ? (outcome.providerMessageId ?? "") : "";
    expect(providerMessageId).toMatch(/^RSMA-/);
    const refs = [{ messageId: "m1", providerMessageId, channel: "sms" }];
    expect(await settled(client, refs)).toMatchObject([{ state: "delivered", rawStatus: "0" }]);
    const ref = { ...message, messageId: "m1", postedAt: new Date(Date.now() - 1_000) };
    expect(await client.lookUp([ref])).toMatchObject([{ kind: "accepted", providerMessageId }]);
    expect(await client.lookUp([{ ...ref, recipient: "+821000000009" }])).toMatchObject([{ kind: "missing" }]);
  } finally {
    await client.close();
  }
});
