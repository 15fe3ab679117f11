import type { ContentIssue } from "@hikyaku/core";
import { answering, httpAnswer, startRawServer } from "@hikyaku/exchange/testing";
import { describe, expect, test } from "vitest";
import { bodyOf, headersOf, recipient, smsNumber, written } from "../test/guide-samples.ts";
import { plusTokens, testClient, testRoute } from "../test/test-route.ts";
import { kddi } from "./provider.ts";

const messageId = "0198f2c4-7a10-7c3e-9b1d-0123456789ab";
const route = { tokens: plusTokens, smsNumber };
const rules = kddi.rules(kddi.publicSettings(testRoute(route)));

describe("the guide's samples", () => {
  test.each(written)("$section, written in $names, goes out field by field", async ({ content, ...sample }) => {
    const prepared = rules.prepareContent(content);
    if ("issues" in prepared) throw new Error(JSON.stringify(prepared.issues, null, 1));
    const warned = prepared.warnings.map(({ code }: ContentIssue) => code).sort();
    const isWireCard = sample.section.includes("3.6") && "rcs" in content;
    expect(warned).toEqual([...(sample.warnings ?? []), ...(isWireCard ? ["rcs-card-width-left-out"] : [])].sort());
    const rendered = prepared.render([]);
    if ("issues" in rendered) throw new Error(JSON.stringify(rendered.issues));

    const received: string[] = [];
    await using server = await startRawServer(answering(httpAnswer(202, '{"msgId":"m"}'), received));
    await using client = testClient(server.port, route);
    await client.send([{ id: messageId, recipient, payload: rendered.payload }]);

    const [request = ""] = received;
    expect(JSON.parse(request.slice(request.indexOf("\r\n\r\n")))).toEqual(bodyOf(sample, messageId));
    const headers = request.split("\r\n").slice(0, -2);
    expect(headers.map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()))).toEqual(
      expect.arrayContaining(Object.entries(headersOf(sample)).map(([name, value]) => `${name}: ${value}`)),
    );
    expect(headers[0]).toBe("POST /au/v1/fallback/rcs/bot/v1/botId_dummy/messages HTTP/1.1");
  });

  test("stored and prepared again, each is the same message", () => {
    for (const { content } of written) {
      const first = rules.prepareContent(content);
      if ("issues" in first) throw new Error("refused");
      const again = rules.prepareContent(JSON.parse(JSON.stringify(first.content)));
      expect(again).toMatchObject({ content: first.content, warnings: first.warnings });
      expect("render" in again && again.render([])).toEqual(first.render([]));
    }
  });
});
