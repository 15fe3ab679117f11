import { type CampaignRow, linesOfRecipients } from "@hikyaku/ledger";
import { DifferentRecipientsError } from "../errors/campaign-errors.ts";
import type { BadRow, ChunkTaker, GoodRow } from "../recipients/chunk-taker.ts";
import type { Recipient, SourceOptions } from "../request/source-options.ts";
import type { CampaignContext } from "./context.ts";
import { chunkRows } from "./import-source.ts";
import { duplicateOf, recordSome, tellOnly } from "./tell-rejections.ts";

/**
 * Goes over the rows that are in the ledger already, and makes sure that they are the same rows. For whoever wants to hear of
 * bad rows they are checked again; otherwise only the last chunk is, whose rejections a crash may have kept from being stored.
 *
 * @throws DifferentRecipientsError
 */
export async function replaySource<Row extends Recipient>(
  { sql }: CampaignContext,
  { campaign, source }: { campaign: CampaignRow; source: SourceOptions<Row> },
  taker: ChunkTaker<Row>,
): Promise<void> {
  const rows = campaign.importedRows;
  const isOpen = campaign.importedAt === null;
  await taker.skip(source.onRejected ? 0 : Math.max(0, rows - chunkRows));
  let refused: BadRow<Row>[] = [];
  while (taker.position() < rows) {
    const chunk = await taker.take(Math.min(chunkRows, rows - taker.position()));
    if (!chunk) break;
    const lines = await linesOfRecipients(sql, {
      campaignId: campaign.id,
      recipients: chunk.good.map(({ recipient }) => recipient),
    });
    const isDuplicate = ({ recipient, line }: GoodRow<Row>) => lines.get(recipient) !== line;
    refused = [...chunk.bad, ...chunk.good.filter(isDuplicate).map(duplicateOf)];
    tellOnly(refused, source.onRejected);
  }
  if (taker.position() < rows) {
    throw new DifferentRecipientsError(campaign, `it ends after ${taker.position()} rows, ${rows} were imported`);
  }
  if (campaign.importDigest && !taker.digest().equals(campaign.importDigest)) {
    throw new DifferentRecipientsError(campaign, `its first ${rows} rows are not the ${rows} that were imported`);
  }
  if (!isOpen && (await taker.take(1))) {
    throw new DifferentRecipientsError(campaign, `it has more than the ${rows} rows that were imported`);
  }
  if (isOpen) {
    const storedBefore = campaign.rejectedRows + campaign.duplicateRows - refused.length;
    await recordSome(sql, { campaignId: campaign.id, rejections: refused, storedBefore });
  }
}
