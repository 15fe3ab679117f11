import type { CampaignState } from "@hikyaku/core";
import type { RejectedRow } from "../recipients/rejected-row.ts";
import { HikyakuError } from "./hikyaku-error.ts";

/** The key belongs to a campaign that was made with another route, content or options. */
export class CampaignConflictError extends HikyakuError {
  override readonly name = "CampaignConflictError";
  readonly code = "campaign-conflict";
  readonly key: string;
  readonly campaignId: string;
  /** What differs, e.g. `["content"]`. */
  readonly differs: readonly string[];

  constructor(key: string, campaignId: string, differs: readonly string[]) {
    super(
      `key: "${key}" belongs to campaign ${campaignId}, which differs in ${differs.join(", ")}; ` +
        "use another key for another campaign, or give exactly what it was created with",
    );
    this.key = key;
    this.campaignId = campaignId;
    this.differs = differs;
  }
}

/** The source is not the one this campaign was, or is being, imported from. Nothing was written. */
export class DifferentRecipientsError extends HikyakuError {
  override readonly name = "DifferentRecipientsError";
  readonly code = "different-recipients";
  readonly key: string;
  readonly campaignId: string;

  constructor(campaign: { id: string; key: string; importedAt: Date | null }, what: string) {
    super(
      `recipients: not those that campaign "${campaign.key}" was imported from: ${what}. Nothing was written. ` +
        (campaign.importedAt
          ? "Use another key for another list"
          : "Give the same source in the same order to go on, or take the import back with discardImport() and begin again"),
    );
    this.key = campaign.key;
    this.campaignId = campaign.id;
  }
}

/** Another process, or another call of this one, imports into the campaign at this moment. */
export class ImportBusyError extends HikyakuError {
  override readonly name = "ImportBusyError";
  readonly code = "import-busy";
  readonly key: string;
  readonly campaignId: string;

  constructor({ id, key }: { id: string; key: string }, cause?: unknown) {
    super(
      `Campaign "${key}" is being imported by another caller; let it finish, then the same call answers its result`,
      {
        cause,
      },
    );
    this.key = key;
    this.campaignId = id;
  }
}

/** The source holds rows that can't be messaged and `strict` was asked for. Nothing is left of the import. */
export class RowsRejectedError extends HikyakuError {
  override readonly name = "RowsRejectedError";
  readonly code = "rows-rejected";
  readonly key: string;
  readonly campaignId: string;
  readonly rejected: number;
  readonly duplicates: number;
  /** The first 100 of them. */
  readonly rejections: readonly RejectedRow[];

  constructor(
    { id, key }: { id: string; key: string },
    found: { rejected: number; duplicates: number; rejections: readonly RejectedRow[] },
  ) {
    const [first] = found.rejections;
    super(
      `recipients: ${found.rejected} rows can't be messaged and ${found.duplicates} are duplicates` +
        `${first ? ` (first: line ${first.line}, ${first.reason})` : ""}; the whole source is refused (strict). ` +
        "Correct the rows and import again, or leave strict out to send to the others",
    );
    this.key = key;
    this.campaignId = id;
    this.rejected = found.rejected;
    this.duplicates = found.duplicates;
    this.rejections = found.rejections;
  }
}

/** What was asked for can't be done with a campaign in this state. */
export class CampaignStateError extends HikyakuError {
  override readonly name = "CampaignStateError";
  readonly code = "campaign-state";
  readonly campaignId: string;
  readonly state: CampaignState;

  constructor({ id, key, state }: { id: string; key: string; state: CampaignState }, whatAndMend: string) {
    super(`Campaign "${key}" is ${state}: ${whatAndMend}`);
    this.campaignId = id;
    this.state = state;
  }
}

/** There is no campaign of this id or key. */
export class CampaignNotFoundError extends HikyakuError {
  override readonly name = "CampaignNotFoundError";
  readonly code = "campaign-not-found";

  constructor(by: { id: string } | { key: string }) {
    super("id" in by ? `id: there is no campaign ${by.id}` : `key: there is no campaign "${by.key}"; create it first`);
  }
}
