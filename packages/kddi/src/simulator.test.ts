import { once } from "node:events";
import { createServer } from "node:http";
import { startSimulator } from "@hikyaku/simulator";
import { describe, expect, test } from "vitest";
import { testClient, testRoute } from "../test/test-route.ts";
import { kddi } from "./provider.ts";

const simulated = { botId: "bot_0001", allowDummyC0: true };
const rules = kddi.rules(kddi.publicSettings(testRoute(simulated)));

function message(recipient: string, text: string) {
  const content = rules.prepareContent({ text });
  if ("issues" in content) throw new Error(JSON.stringify(content.issues));
  const rendered = content.render([]);
  if ("issues" in rendered) throw new Error(JSON.stringify(rendered.issues));
  return { id: recipient, recipient, payload: rendered.payload };
}

const account = { botId: "bot_0001", user: "testUser", password: "password", smsNumbers: ["0312345678"], tps: 1_000 };
const fast = { sentAfterMs: 0, deliveredAfterMs: 0, slowAnswerMs: 60_000 };

describe.each(["canonical", "camel", "flat", "wrapped"] as const)(
  "against the strict simulator that writes %s",
  (shape) => {
    test("a message is taken, delivered, asked about, notified of and answered", async () => {
      const bodies: string[] = [];
      const receiver = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk) => (body += chunk));
        request.on("end", () => {
          bodies.push(body);
          response.end();
          receiver.emit("body");
        });
      }).listen(0, "127.0.0.1");
      await once(receiver, "listening");
      const address = receiver.address();
      const smsResultUrl = `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}/`;
      try {
        await using simulator = await startSimulator({
          strict: true,
          ...{ acceptShape: shape, statusShape: shape, smsResultShape: shape },
          timing: fast,
          accounts: [{ ...account, smsResultUrl }],
        });
        await using client = testClient(0, { ...simulated, baseUrl: `${simulator.gatewayUrl}/au` });
        const [outcome] = await client.send([message("+819012345678", "飛脚です。\r\n髙﨑様 ①")]);
        expect(outcome).toMatchObject({ kind: "accepted", providerMessageId: expect.any(String), channel: "sms" });
        const id = outcome?.kind === "accepted" ? (outcome.providerMessageId ?? "") : "";
        while (bodies.length < 2) await once(receiver, "body");
        const [status] = await client.checkStatus([{ messageId: "x", providerMessageId: id, channel: "sms" }]);
        expect(status).toMatchObject({ kind: "status", state: "delivered", at: expect.any(Date) });
        simulator.reply({ from: "+819012345678", text: "停止" });
        while (bodies.length < 3) await once(receiver, "body");
        const read = bodies.flatMap((body) => rules.readNotification({ kindHint: "any", contentType: null, body }));
        const receipts = read.filter(({ kind }) => kind === "receipt");
        expect(receipts).toHaveLength(2);
        for (const receipt of receipts)
          expect(receipt).toMatchObject({ providerMessageId: id, recipient: "+819012345678" });
        expect(receipts.map((receipt) => receipt.kind === "receipt" && receipt.state).sort()).toEqual([
          "delivered",
          "sent",
        ]);
        expect(read).toContainEqual(
          expect.objectContaining({ kind: "inbound", event: "sms-mo", text: "停止", recipient: "+819012345678" }),
        );
      } finally {
        receiver.close();
        receiver.closeAllConnections();
      }
    });
  },
);

/** Recipients whose number decides (protocol notes §19.3) → what the client makes of it. */
const magic: [digits: string, outcome: Record<string, unknown>][] = [
  ["00", { kind: "accepted", providerMessageId: expect.any(String) }],
  ["40", { kind: "rejected" }],
  ["41", { kind: "held", cause: "credentials" }],
  ["43", { kind: "held", cause: "forbidden" }],
  ["44", { kind: "held", cause: "configuration" }],
  ["50", { kind: "retry", cause: "gateway-fault" }],
  ["52", { kind: "retry", cause: "gateway-fault" }],
  ["53", { kind: "throttled" }],
  ["54", { kind: "retry", cause: "not-reached" }],
  ["60", { kind: "unknown" }],
  ["61", { kind: "unknown" }],
  ["62", { kind: "accepted", providerMessageId: null, alarm: expect.any(String) }],
  ["63", { kind: "accepted", providerMessageId: null, alarm: expect.any(String) }],
  ["64", { kind: "accepted", providerMessageId: expect.any(String) }],
];

describe("the simulator's magic numbers", () => {
  test.each(magic)("…00%s", async (digits, expected) => {
    await using simulator = await startSimulator({ strict: true, timing: fast, accounts: [account] });
    const baseUrl = `${simulator.gatewayUrl}/au`;
    await using client = testClient(0, { ...simulated, baseUrl, responseTimeout: "500ms" });
    const [outcome] = await client.send([message(`+8190000000${digits}`, "飛脚です")]);
    expect(outcome).toMatchObject(expected);
    // Whatever came of it, the gateway has seen one request.
    expect(simulator.requests(`+8190000000${digits}`)).toHaveLength(1);
  });

  test("an id that was never given is not known", async () => {
    await using simulator = await startSimulator({ strict: true, accounts: [account] });
    await using client = testClient(0, { ...simulated, baseUrl: `${simulator.gatewayUrl}/au` });
    const ref = { messageId: "x", providerMessageId: "05840e5f-fbe3-41c3-8af9-a3e363d5a678", channel: null };
    expect(await client.checkStatus([ref])).toMatchObject([{ kind: "not-known" }]);
  });

  test("a wrong password holds the route", async () => {
    await using simulator = await startSimulator({ strict: true, accounts: [account] });
    const basicAuth = { user: "testUser", password: "wrong" };
    await using client = testClient(0, { ...simulated, basicAuth, baseUrl: `${simulator.gatewayUrl}/au` });
    expect(await client.send([message("+819012345678", "飛脚です")])).toMatchObject([
      { kind: "held", cause: "credentials" },
    ]);
  });
});
