import type { PreparedContent } from "@hikyaku/core";
import {
  appendRows,
  beginImport,
  type CampaignRow,
  discardImport,
  findCampaign,
  finishImport,
  ImportError,
  listRejections,
  newId,
} from "@hikyaku/ledger";
import { CampaignStateError, ImportBusyError, RowsRejectedError } from "../errors/campaign-errors.ts";
import { createRowLaw } from "../law/row-law.ts";
import { bothLegs } from "../recipients/both-legs.ts";
import { type Chunk, type ChunkTaker, createChunkTaker } from "../recipients/chunk-taker.ts";
import { openRecipients } from "../recipients/recipient-reader.ts";
import { createRowChecker } from "../recipients/row-checker.ts";
import type { WarningTally } from "../recipients/warning-tally.ts";
import type { SecondLegContent } from "../request/second-leg.ts";
import type { Recipient, SourceOptions } from "../request/source-options.ts";
import type { KnownRoute } from "../routes/route-book.ts";
import { rejectionsShown } from "./campaign-result.ts";
import type { CampaignContext } from "./context.ts";
import { lockImport } from "./lock-import.ts";
import { replaySource } from "./replay-source.ts";
import { duplicatesAt, tellRejections } from "./tell-rejections.ts";

/** Rows of one transaction. Also how many of them an interruption costs. */
export const chunkRows = 10_000;

export interface ImportInput<Row extends Recipient> {
  campaign: CampaignRow;
  route: KnownRoute;
  prepared: PreparedContent;
  second: SecondLegContent | null;
  source: SourceOptions<Row>;
  warnings: WarningTally;
}

/**
 * Brings a source into a campaign: from the beginning, from where an earlier call was cut off, or, when the campaign has all
 * its recipients, only comparing. Afterwards the campaign is past importing.
 *
 * @throws DifferentRecipientsError, ImportBusyError, CampaignStateError, RowsRejectedError; what the source throws, as it is
 */
export async function importSource<Row extends Recipient>(
  context: CampaignContext,
  input: ImportInput<Row>,
): Promise<void> {
  const { campaign, route, second, source, warnings } = input;
  const { class: messageClass, overrides } = campaign;
  const { classRules } = route;
  const { variables, rules, content } = bothLegs({ rules: route.rules, prepared: input.prepared }, second);
  const law = createRowLaw({ messageClass, overrides, prepared: content, classRules, now: new Date() });
  const reader = openRecipients(source.recipients, source.signal);
  const taker = createChunkTaker({
    reader,
    variables,
    readsConsent: law !== null,
    check: createRowChecker(rules, content, warnings, law),
    lineOf: source.lineOf,
    keepRows: source.onRejected !== undefined,
  });
  try {
    const isOver = campaign.importedAt !== null || !(await importUnderLock(context, input, taker));
    if (isOver) await compareSource(context, input, taker);
  } catch (error) {
    throw error instanceof ImportError ? await meaningOf(error, context, campaign) : error;
  } finally {
    await reader.close();
  }
}

/** False when the campaign turned out to be past importing. */
async function importUnderLock<Row extends Recipient>(
  context: CampaignContext,
  input: ImportInput<Row>,
  taker: ChunkTaker<Row>,
): Promise<boolean> {
  const { sql } = context;
  const campaignId = input.campaign.id;
  const release = await lockImport(context.locks, input.campaign, input.source.signal);
  try {
    const position = await beginImport(sql, { campaignId });
    const campaign = await findCampaign(sql, { id: campaignId });
    if (!position || !campaign) return false;
    if (position.importedRows > 0) await replaySource(context, { ...input, campaign }, taker);
    const rejectedRows = await storeChunks(context, { ...input, campaign }, taker);
    if (input.source.strict) await refuseIfRejected(context, campaign);
    await finishImport(sql, { campaignId, rejectedRows, digest: taker.digest() });
    return true;
  } finally {
    await release();
  }
}

/** Stores a chunk while the next one is read and checked. Answers the bad rows of the whole source. */
async function storeChunks<Row extends Recipient>(
  context: CampaignContext,
  { campaign, source }: ImportInput<Row>,
  taker: ChunkTaker<Row>,
): Promise<number> {
  const resumedRows = taker.position();
  let rejected = campaign.rejectedRows;
  let duplicates = campaign.duplicateRows;

  async function store({ good, bad, end, digest }: Chunk<Row>, after: number): Promise<void> {
    const rows = good.map(({ row: _, ...message }) => ({ ...message, id: newId() }));
    const appended = await appendRows(context.sql, {
      campaignId: campaign.id,
      route: campaign.route,
      round: 1,
      rows,
      progress: { rows: end, digest, rejected: rejected + bad.length, duplicates: 0, after },
    });
    const refused = [...bad, ...duplicatesAt(appended.duplicates, good)];
    await tellRejections(context.sql, {
      campaignId: campaign.id,
      rejections: refused,
      storedBefore: rejected + duplicates,
      onRejected: source.onRejected,
    });
    rejected += bad.length;
    duplicates += appended.duplicates.length;
    source.onProgress?.({ rows: end, resumedRows, rejected, duplicates });
  }

  let storing: Promise<void> = Promise.resolve();
  try {
    for (let after = resumedRows; ; after = taker.position()) {
      const chunk = await taker.take(chunkRows);
      await storing;
      if (chunk === null) return rejected;
      storing = store(chunk, after);
      // Its failure is told by the `await` above; until then the source may be waited for.
      storing.catch(() => {});
    }
  } finally {
    // Nothing of this import may be under way when the lock is given back.
    await storing.catch(() => {});
  }
}

async function refuseIfRejected({ sql }: CampaignContext, { id }: CampaignRow): Promise<void> {
  const campaign = await findCampaign(sql, { id });
  if (!campaign || campaign.rejectedRows + campaign.duplicateRows === 0) return;
  const rejections = await listRejections(sql, { campaignId: id, limit: rejectionsShown });
  await discardImport(sql, { campaignId: id });
  throw new RowsRejectedError(campaign, {
    rejected: campaign.rejectedRows,
    duplicates: campaign.duplicateRows,
    rejections,
  });
}

/** The campaign has all its recipients; only the same ones may be given again. */
async function compareSource<Row extends Recipient>(
  context: CampaignContext,
  input: ImportInput<Row>,
  taker: ChunkTaker<Row>,
): Promise<void> {
  const campaign = await findCampaign(context.sql, { id: input.campaign.id });
  if (!campaign?.importedAt) {
    throw new CampaignStateError(campaign ?? input.campaign, "it can't be imported into any more; use another key");
  }
  await replaySource(context, { ...input, campaign }, taker);
}

async function meaningOf(error: ImportError, { sql }: CampaignContext, campaign: CampaignRow): Promise<Error> {
  if (error.code === "import-overtaken") return new ImportBusyError(campaign, error);
  const now = await findCampaign(sql, { id: campaign.id });
  return new CampaignStateError(now ?? campaign, "its import was ended by someone else; use another key");
}
