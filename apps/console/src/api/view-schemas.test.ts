import type { CampaignRow, LegCounts, MessageRow } from "@hikyaku/ledger";
import { campaignView, messageView } from "@hikyaku/views";
import { expect, test } from "vitest";
import { campaignSchema } from "./campaigns/campaign-schema.ts";
import { messageSchema } from "./messages/message-schema.ts";

const sorted = (fields: object) => Object.keys(fields).sort();

test("the API's schemas describe every field of what the command line prints, and no other", () => {
  expect(sorted(campaignSchema.shape)).toEqual(sorted(campaignView({} as CampaignRow, {} as LegCounts)));
  expect(sorted(messageSchema.shape)).toEqual(sorted(messageView({ fallbackAt: null } as MessageRow)));
});
