import { appendToList, beginList, dropList, type ScheduleRow, useList } from "@hikyaku/ledger";
import type { CampaignContext } from "../campaigns/context.ts";
import { type CampaignPreview, type PreviewRequest, previewCampaign } from "../campaigns/preview-campaign.ts";
import { RowsRejectedError } from "../errors/campaign-errors.ts";
import { InvalidRequestError } from "../errors/request-errors.ts";
import { ScheduleNotFoundError } from "../errors/schedule-errors.ts";
import { cellsOf, consentCellsOf } from "../recipients/row-cells.ts";
import type { Recipient, SourceOptions } from "../request/source-options.ts";

/** In the order in which a row's consent is read. */
const consentColumns = ["consent_at", "consent_source"];

/** Recipients of one row of the ledger. */
const pieceRows = 2_000;

/**
 * Reads, checks and renders all recipients as a run would, keeps those that can be messaged, with the values the content needs (and, for
 * advertising, their consent) and no others, and gives them to the schedule in place of those it had. Whatever fails leaves the schedule as it was.
 */
export async function importList<Row extends Recipient>(
  context: CampaignContext,
  schedule: ScheduleRow,
  source: SourceOptions<Row>,
): Promise<CampaignPreview> {
  const { sql } = context;
  const empty = await previewCampaign(context, { ...schedule.template, recipients: [] } as PreviewRequest);
  const { variables } = empty;
  // Advertising asks for the recipient's consent each time, so that is kept as well.
  const consent = empty.class === "advertising" ? consentColumns.filter((name) => !variables.includes(name)) : [];
  const list = await beginList(sql, { variables: [...variables, ...consent] });
  let nth = 0;
  const store = async (rows: readonly { row: Row; line: number }[]): Promise<void> => {
    for (let start = 0; start < rows.length; start += pieceRows) {
      const recipients = rows.slice(start, start + pieceRows).map(({ row, line }) => {
        const agreed = consentCellsOf(row);
        const ofConsent = consent.map((name) => agreed[consentColumns.indexOf(name)]);
        const [to, ...values] = [...(cellsOf(row, variables) ?? []), ...ofConsent].map(textOf);
        return { line, to: to ?? "", values };
      });
      await appendToList(sql, { list, nth: nth++, recipients });
    }
  };

  // The rows of a chunk are known as good when the chunk was checked; no further one is read before they are stored.
  let read: { row: Row; line: number }[] = [];
  let refused = new Map<Row, number>();
  let storing: Promise<void> = Promise.resolve();
  let position = 0;
  async function* watched(): AsyncGenerator<Row> {
    for await (const row of source.recipients) {
      position += 1;
      read.push({ row, line: source.lineOf ? source.lineOf(row, position) : position });
      await storing;
      yield row;
    }
  }

  try {
    const preview = await previewCampaign(context, {
      ...schedule.template,
      ...{ recipients: watched(), signal: source.signal, lineOf: source.lineOf },
      onRejected(rejection) {
        refused.set(rejection.row, rejection.line);
        source.onRejected?.(rejection);
      },
      onProgress(progress) {
        const good = read.filter(({ row, line }) => refused.get(row) !== line);
        [read, refused] = [[], new Map()];
        storing = store(good);
        // Its failure is met by whoever waits for it next.
        storing.catch(() => {});
        source.onProgress?.(progress);
      },
    } as PreviewRequest<Row>);
    await storing;
    if (source.strict && preview.rejected + preview.duplicates > 0) {
      throw new RowsRejectedError({ id: schedule.id, key: schedule.code }, preview);
    }
    if (preview.recipients === 0) {
      const message =
        "none of the rows can be messaged; the schedule keeps the recipients it had. Correct the rows and import again";
      throw new InvalidRequestError([{ path: "recipients", message }]);
    }
    if (!(await useList(sql, { scheduleId: schedule.id, list, recipients: preview.recipients }))) {
      throw new ScheduleNotFoundError(schedule.code);
    }
    return preview;
  } catch (error) {
    await storing.catch(() => {});
    await dropList(sql, { list }).catch(() => {});
    throw error;
  }
}

/** As the checker has read it. */
function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}
