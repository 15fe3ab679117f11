import { describe, expect, test } from "vitest";
import { prepared, testRoute } from "../test/test-route.ts";
import { sens } from "./provider.ts";
import { sensSms } from "./sms-provider.ts";

const link = "https://shop.example/#{번호}";
const alimtalk = {
  templateCode: "A",
  ...{ headerContent: "머리", title: "제목", text: "#{이름}님", itemHighlight: { title: "강조", description: "값" } },
  item: {
    list: [0, 1].map((n) => ({ title: `품목${n}`, description: "컵" })),
    summary: { title: "합계", description: "1원" },
  },
  buttons: [{ type: "WL", name: "보기", linkMobile: link, linkPc: link }],
};
const ofAlimtalk = (name: string, to: string) => [
  ...["머리", "강조", "값", "제목", "품목0", "컵", "품목1", "컵", "합계", "1원", name, "보기", to, to],
];

describe("the texts a recipient can read", () => {
  test.each([
    ["no SMS", false, [], []],
    ["its own text as SMS", true, [["#{이름}님"]], [["김님"]]],
    [
      "another SMS",
      { subject: "안내", text: "#{이름} 수신거부" },
      [["안내", "#{이름} 수신거부"]],
      [["안내", "김 수신거부"]],
    ],
    ["a subject alone", { subject: "안내" }, [["안내", "#{이름}님"]], [["안내", "김님"]]],
  ])("are all of an AlimTalk, and with %s that by itself", (_, failover, template, finished) => {
    const content = prepared({ ...alimtalk, failover });
    expect(content.visibleTexts).toEqual([ofAlimtalk("#{이름}님", link), ...template]);
    const values: Record<string, string> = { 이름: "김", 번호: "7" };
    const rendered = content.render(content.variables.map((name) => values[name] ?? ""));
    expect("visibleTexts" in rendered && rendered.visibleTexts).toEqual([
      ofAlimtalk("김님", "https://shop.example/7"),
      ...finished,
    ]);
  });

  test("are subject and text of an SMS", () => {
    const rules = sensSms.rules({ smsNumber: "0200000000" });
    const content = rules.prepareContent({ subject: "안내", text: "#{이름}님" });
    if ("issues" in content) throw new Error(JSON.stringify(content.issues));
    expect(content.visibleTexts).toEqual([["안내", "#{이름}님"]]);
    expect(content.render(["김"])).toMatchObject({ visibleTexts: [["안내", "김님"]] });
  });
});

test("the carrier counts by service", () => {
  expect(sens.account?.(testRoute())).toBe("ncp:kkobizmsg:kr:100000000002:demo");
});
