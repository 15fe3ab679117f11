import { expect, test } from "vitest";
import {
  type CampaignState,
  campaignStates,
  campaignStatesBefore,
  canCampaignMove,
  nextCampaignStates,
} from "./campaign-state.ts";

test("every state can be reached from draft", () => {
  const reached = new Set<CampaignState>(["draft"]);
  for (const from of reached) for (const to of nextCampaignStates[from]) reached.add(to);
  expect([...reached].sort()).toEqual([...campaignStates].sort());
});

test("no state follows itself, and cancelled is the end", () => {
  for (const from of campaignStates) expect(canCampaignMove(from, from)).toBe(false);
  expect(nextCampaignStates.cancelled).toEqual([]);
});

test("a campaign can be cancelled until it is finished", () => {
  expect(campaignStatesBefore("cancelled")).toEqual(["draft", "importing", "ready", "running", "paused", "dispatched"]);
});

test("nothing runs before its import is complete", () => {
  expect(campaignStatesBefore("running")).toEqual(["ready", "paused", "dispatched", "finished"]);
});

test("a campaign is paused while it runs, or instead of its start", () => {
  expect(campaignStatesBefore("paused")).toEqual(["ready", "running"]);
});
