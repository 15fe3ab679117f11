import type { CampaignState } from "@hikyaku/core";

/** A chunk that can't be taken: the campaign is not importing, or another process imports into it at the same time. */
export class ImportError extends Error {
  override readonly name = "ImportError";
  readonly code: "import-not-open" | "import-overtaken";
  readonly campaignId: string;

  constructor(code: ImportError["code"], campaignId: string, message: string) {
    super(message);
    this.code = code;
    this.campaignId = campaignId;
  }

  static notOpen(campaignId: string, state: CampaignState | undefined): ImportError {
    const found = state === undefined ? "does not exist" : `is ${state}, not importing`;
    return new ImportError("import-not-open", campaignId, `Campaign ${campaignId} ${found}; begin the import first.`);
  }

  static overtaken(campaignId: string, found: number, rows: number): ImportError {
    return new ImportError(
      "import-overtaken",
      campaignId,
      `Campaign ${campaignId} already holds ${found} rows of its source and a chunk that ends at row ${rows} was given; ` +
        "another process imports into it: let it finish, or begin the import again.",
    );
  }
}
