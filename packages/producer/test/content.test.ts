import { publishRoutes } from "@hikyaku/ledger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InvalidRequestError, UnknownRouteError } from "../src/index.ts";
import { freshProducer } from "./fresh-producer.ts";

let fresh: Awaited<ReturnType<typeof freshProducer>>;
beforeAll(async () => {
  fresh = await freshProducer();
  await publishRoutes(fresh.sql, [
    { name: "plus", provider: "kddi", settings: { smsNumber: "0312345678", plusMessage: true } },
  ]);
});
afterAll(() => fresh[Symbol.asyncDispose]());

const content = {
  mode: "rcs",
  card: { title: "#{氏名}様", buttons: [{ label: "見る", url: "https://e.example/#{番号}" }] },
};

test("a content is checked by its route's rules, and a wrong one is an answer", async () => {
  const { hikyaku } = fresh;
  expect(await hikyaku.lintContent({ route: "plus", content })).toMatchObject({
    ok: true,
    variables: ["氏名", "番号"],
  });
  const card = { ...content.card, title: "長".repeat(201) };
  expect(await hikyaku.lintContent({ route: "plus", content: { ...content, card } })).toMatchObject({
    ok: false,
    issues: [{ level: "error", path: "content.card.title" }],
  });
});

test("a preview takes values in any code points, and numbers", async () => {
  const variables = { [" 氏名 ".normalize("NFD")]: "佐藤", 番号: 7 };
  const preview = await fresh.hikyaku.previewContent({ route: "plus", content, variables });
  expect(preview).toMatchObject({ ok: true, segments: 1, page: expect.stringContaining("https://e.example/7") });
});

test("what keeps a preview from being made is in its answer", async () => {
  expect(await fresh.hikyaku.previewContent({ route: "plus", content, variables: { 番号: 7 } })).toMatchObject({
    ok: false,
    issues: [{ path: "variables.氏名", code: "missing-value" }],
  });
});

test("a request that is none, or for a route that is none, fails", async () => {
  const { hikyaku } = fresh;
  await expect(hikyaku.lintContent({ route: "nix", content })).rejects.toThrow(UnknownRouteError);
  await expect(hikyaku.lintContent({ route: "plus" })).rejects.toThrow(InvalidRequestError);
  const both = { route: "plus", content, text: "x" };
  await expect(hikyaku.previewContent(both)).rejects.toThrow("text: content is given too");
});
