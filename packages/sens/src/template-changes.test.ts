import { expect, test } from "vitest";
import type { SensTemplate } from "./template.ts";
import { templateChanges } from "./template-changes.ts";

const before: SensTemplate = {
  templateCode: "ORDER01",
  content: "#{고객명}님",
  templateInspectionStatus: "COMPLETE",
  updateTime: "2026-03-04T15:30:00.000",
  buttons: [
    { order: 1, type: "DS", name: "배송 조회" },
    { order: 2, type: "WL", name: "보기", linkMobile: "https://a", linkPc: "https://a" },
  ],
};

test("the same template has no changes, whenever it was touched and in whatever order its buttons come", () => {
  const buttons = [...(before.buttons ?? [])].reverse();
  const same = { ...before, buttons, updateTime: "2026-04-01T00:00:00.000", extraContent: "" };
  expect(templateChanges(before, same)).toEqual([]);
});

test("what changed is told field by field, with both texts", () => {
  const after: SensTemplate = {
    ...before,
    content: "#{고객명}님!",
    templateInspectionStatus: "REGISTER",
    buttons: [{ order: 1, type: "WL", name: "배송 조회", linkMobile: "https://a", linkPc: "https://b" }],
  };
  expect(templateChanges(before, after)).toEqual([
    { field: "content", before: "#{고객명}님", after: "#{고객명}님!" },
    { field: "templateInspectionStatus", before: "COMPLETE", after: "REGISTER" },
    { field: "buttons[0].type", before: "DS", after: "WL" },
    { field: "buttons[0].linkMobile", before: null, after: "https://a" },
    { field: "buttons[0].linkPc", before: null, after: "https://b" },
    { field: "buttons[1].type", before: "WL", after: null },
    { field: "buttons[1].name", before: "보기", after: null },
    { field: "buttons[1].linkMobile", before: "https://a", after: null },
    { field: "buttons[1].linkPc", before: "https://a", after: null },
  ]);
});
