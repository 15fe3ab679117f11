import * as z from "zod";
import { InvalidRequestError } from "../errors/request-errors.ts";
import { createWarningTally } from "../recipients/warning-tally.ts";
import { type CampaignOptions, campaignFields, toChecked } from "../request/campaign-options.ts";
import { readFields } from "../request/read-fields.ts";
import { type Recipient, type SourceOptions, sourceFields } from "../request/source-options.ts";
import { type CampaignResult, campaignResult } from "./campaign-result.ts";
import type { CampaignContext } from "./context.ts";
import { createDraft } from "./create-draft.ts";
import { importSource } from "./import-source.ts";
import { startAfterImport } from "./start.ts";

/** A whole campaign in one call. */
export interface EnqueueRequest<Row extends Recipient = Recipient> extends CampaignOptions, SourceOptions<Row> {
  /** Start sending when all recipients are in. Default true; false leaves the campaign `ready` for `startCampaign`. */
  start?: boolean;
}

const requestSchema = z.strictObject(
  { ...campaignFields, ...sourceFields, start: z.boolean("true or false").default(true) },
  "an object with key, route, content and recipients",
);

export async function enqueueCampaign<Row extends Recipient>(
  context: CampaignContext,
  request: EnqueueRequest<Row>,
): Promise<CampaignResult> {
  const fields = readFields(requestSchema, request);
  const options = toChecked(fields);
  if (!fields.start && options.startAt) {
    throw new InvalidRequestError([
      { path: "startAt", message: "start is false; leave one of them out: what has a time to start, starts at it" },
    ]);
  }
  fields.signal?.throwIfAborted();
  const { campaign, created, route, prepared, second } = await createDraft(context, options);
  const warnings = createWarningTally([...prepared.warnings, ...(second?.warnings ?? [])]);
  await importSource(context, { campaign, route, prepared, second, source: request, warnings });
  if (fields.start) await startAfterImport(context, campaign);
  return await campaignResult(context.sql, campaign.id, { created, warnings: warnings.list() });
}
