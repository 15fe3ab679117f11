import { describe, expect, test } from "vitest";
import {
  editFaults,
  inspectionStateOf,
  inspectionStates,
  stateAfterEdit,
  type TemplateAction,
  templateActionFault,
  templateFaults,
} from "./template-states.ts";

const inState = (templateInspectionStatus?: string) => ({
  templateCode: "ORDER01",
  content: "a",
  templateInspectionStatus,
});

/** What the console lets one do in each state (guide, templates; protocol notes §9.2). */
const allowed: [state: string, actions: TemplateAction[]][] = [
  ["ACCEPT", ["delete"]],
  ["REGISTER", ["delete"]],
  ["INSPECT", ["inquire"]],
  ["REJECT", ["edit", "delete", "inquire"]],
  ["COMPLETE", ["send"]],
];

describe("a template", () => {
  test.each(allowed)("that is %s can be %j and nothing else", (state, actions) => {
    const all: TemplateAction[] = ["edit", "delete", "inquire", "send"];
    expect(all.filter((action) => templateActionFault(inState(state), action) === null)).toEqual(actions);
  });

  test("the table has every state, each with the console's word, and only steps between them", () => {
    expect(Object.keys(inspectionStates)).toEqual(allowed.map(([state]) => state));
    for (const { console: word, next } of Object.values(inspectionStates)) {
      expect(word).toMatch(/^検収/);
      for (const state of next) expect(inspectionStateOf(state)).toBeDefined();
    }
    expect(inspectionStates.REJECT.next).toEqual([stateAfterEdit]);
  });

  test("a refusal names the state and those that would do", () => {
    expect(templateActionFault(inState("INSPECT"), "edit")).toBe(
      "template ORDER01 is in inspection (INSPECT); only templates that are returned can be edited",
    );
    expect(templateActionFault(inState("ACCEPT"), "inquire")).toBe(
      "template ORDER01 is submitted for inspection (ACCEPT); only templates that are in inspection or returned can be asked about",
    );
  });

  test.each([
    [inState("COMPLETE"), []],
    [{ ...inState("COMPLETE"), templateStatus: "ACTIVE" }, []],
    [inState(undefined), []],
    [inState("REJECT"), [expect.stringContaining("returned (REJECT)")]],
    [inState("NEW"), [expect.stringContaining("a state nobody knows (NEW)")]],
    [{ ...inState("COMPLETE"), templateStatus: "STOP" }, [expect.stringContaining("STOP, not ACTIVE")]],
  ])("%j can be sent by unless %j", (template, faults) => {
    expect(templateFaults(template)).toEqual(faults);
  });

  test("an edit leaves code and channel as they are", () => {
    const before = { ...inState("REJECT"), channelId: "@demo_shop" };
    expect(editFaults(before, { ...before, content: "b" })).toEqual([]);
    expect(editFaults(before, { ...before, templateCode: "X", channelId: "@other" })).toHaveLength(2);
  });
});
