import { createRecipientSet, type DeliveryWindow, type MessageClass, maskNumber, windowsInForce } from "@hikyaku/core";
import { suppressedAmong } from "@hikyaku/ledger";
import * as z from "zod";
import { campaignLaw } from "../law/campaign-law.ts";
import { checkReservation } from "../law/check-reservation.ts";
import { createRowLaw } from "../law/row-law.ts";
import { bothLegs } from "../recipients/both-legs.ts";
import { type BadRow, createChunkTaker } from "../recipients/chunk-taker.ts";
import { openRecipients } from "../recipients/recipient-reader.ts";
import type { RejectedRow } from "../recipients/rejected-row.ts";
import { createRowChecker } from "../recipients/row-checker.ts";
import { createWarningTally, type ImportWarning } from "../recipients/warning-tally.ts";
import { type CampaignOptions, campaignFields, toChecked } from "../request/campaign-options.ts";
import { checkPlan } from "../request/fallback-fields.ts";
import { readFields } from "../request/read-fields.ts";
import { secondLegOf, withSecondTemplate } from "../request/second-leg.ts";
import { type Recipient, type SourceOptions, sourceFields } from "../request/source-options.ts";
import { validUntil } from "../request/validity.ts";
import { prepareContent } from "../routes/prepare-content.ts";
import { withTemplate } from "../templates/with-template.ts";
import { rejectionsShown } from "./campaign-result.ts";
import type { CampaignContext } from "./context.ts";
import { chunkRows } from "./import-source.ts";
import { duplicateOf, tellOnly } from "./tell-rejections.ts";

/** Everything `enqueueCampaign` takes; the key may be left out. */
export type PreviewRequest<Row extends Recipient = Recipient> = Omit<CampaignOptions, "key"> &
  SourceOptions<Row> & { key?: string; start?: boolean };

/** What a campaign would be. Nothing was written. */
export interface CampaignPreview {
  route: string;
  class: MessageClass;
  /** When messages would go out: all of these must be open. */
  windows: readonly DeliveryWindow[];
  /** Names of the variables the content uses. */
  variables: readonly string[];
  /** Rows of the source that would become messages, the suppressed ones included. */
  recipients: number;
  rejected: number;
  duplicates: number;
  suppressed: number;
  /** Billable parts of all recipients that are not suppressed. */
  segments: number;
  /** The route of the second leg, see `fallbackAfter`; null when there is none. */
  secondLegRoute: string | null;
  /** Billable parts that come on top where everybody needs the second leg, see `fallbackAfter`. */
  secondLegSegments: number;
  /** The first three messages as their recipients would read them. */
  samples: {
    line: number;
    to: string;
    text: string;
    /** The second leg as its recipient would read it; null when there is none. */
    secondText: string | null;
    segments: number;
  }[];
  /** The first 100 rejected rows, duplicates included. */
  rejections: RejectedRow[];
  warnings: ImportWarning[];
}

const requestSchema = z.strictObject(
  { ...campaignFields, key: campaignFields.key.default("preview"), ...sourceFields, start: z.boolean().optional() },
  "an object with route, content and recipients",
);

const samplesShown = 3;

/** @param request as for `enqueueCampaign` */
export async function previewCampaign<Row extends Recipient>(
  { sql, routes, actor }: CampaignContext,
  request: PreviewRequest<Row>,
): Promise<CampaignPreview> {
  const fields = readFields(requestSchema, request);
  const options = toChecked(fields);
  const { route, fallback } = options;
  const { rules, classRules } = await routes.find(route);
  const prepared = await withTemplate(sql, { route, rules, prepared: prepareContent(rules, options.content) });
  checkPlan(fallback, prepared, options);
  const second = await withSecondTemplate(sql, await secondLegOf(routes, fallback, { route, rules, prepared }));
  const legs = bothLegs({ rules, prepared }, second);
  const now = new Date();
  const campaign = campaignLaw(options, { prepared: legs.content, classRules, by: actor, now });
  const windows = windowsInForce(campaign, classRules);
  const from = options.startAt ?? now;
  checkReservation({ prepared, windows, from, validUntil: validUntil(options, from) });
  const warnings = createWarningTally([...prepared.warnings, ...(second?.warnings ?? [])]);
  const known = createRecipientSet();
  const preview: CampaignPreview = {
    route,
    class: campaign.class,
    windows,
    variables: legs.variables,
    recipients: 0,
    rejected: 0,
    duplicates: 0,
    suppressed: 0,
    segments: 0,
    secondLegRoute: second?.route ?? null,
    secondLegSegments: 0,
    samples: [],
    rejections: [],
    warnings: [],
  };

  const reader = openRecipients(request.recipients, fields.signal);
  try {
    const { class: messageClass, overrides } = campaign;
    const law = createRowLaw({ messageClass, overrides, prepared: legs.content, classRules, now });
    const check = createRowChecker(legs.rules, legs.content, warnings, law);
    const keepRows = request.onRejected !== undefined;
    const { variables } = legs;
    const taker = createChunkTaker({
      ...{ reader, variables, check, lineOf: request.lineOf, keepRows, readsConsent: law !== null },
    });
    for (;;) {
      const chunk = await taker.take(chunkRows);
      if (!chunk) break;
      const refused: BadRow<Row>[] = chunk.bad;
      const good = chunk.good.filter((row) => known.add(row.recipient) || void refused.push(duplicateOf(row)));
      const recipients = good.map(({ recipient }) => recipient);
      const suppressed = await suppressedAmong(sql, { route, recipients });
      preview.recipients += good.length;
      preview.suppressed += suppressed.size;
      preview.duplicates += chunk.good.length - good.length;
      preview.rejected += refused.length - (chunk.good.length - good.length);
      for (const { line, recipient, vars, segments } of good) {
        if (suppressed.has(recipient)) continue;
        preview.segments += segments;
        const follows = legs.renderSecond(vars);
        if (follows && "segments" in follows) preview.secondLegSegments += follows.segments;
        if (preview.samples.length < samplesShown) {
          const rendered = legs.content.render(vars);
          const text = "preview" in rendered ? rendered.preview : "";
          const secondText = follows && "preview" in follows ? follows.preview : null;
          preview.samples.push({ line, to: maskNumber(recipient), text, secondText, segments });
        }
      }
      refused.sort((one, other) => one.line - other.line);
      for (const { line, code, reason } of refused.slice(0, rejectionsShown - preview.rejections.length)) {
        preview.rejections.push({ line, code, reason });
      }
      tellOnly(refused, request.onRejected);
      const { rejected, duplicates } = preview;
      request.onProgress?.({ rows: chunk.end, resumedRows: 0, rejected, duplicates });
    }
  } finally {
    await reader.close();
  }
  preview.warnings = warnings.list();
  return preview;
}
