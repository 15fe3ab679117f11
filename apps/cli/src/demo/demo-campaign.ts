import { join } from "node:path";
import type { Ledger } from "@hikyaku/ledger";
import type { CampaignResult, Producer } from "@hikyaku/producer";
import type { RouteLimit } from "@hikyaku/views";
import { importText } from "../campaigns/import-text.ts";
import { importWithProgress } from "../campaigns/import-with-progress.ts";
import { tellWarnings } from "../campaigns/tell-warnings.ts";
import { type Watched, watchCampaign } from "../campaigns/watch-campaign.ts";
import type { Cli, Interruption } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { openRecipientFile } from "../csv/recipient-file.ts";
import { createRejectedFile } from "../csv/rejected-file.ts";
import type { Progress } from "../output/progress.ts";

/** What one campaign of the demo sends, and to whom. */
export interface DemoCampaign {
  name: string;
  route: string;
  content: Readonly<Record<string, unknown>>;
  /** A CSV file. */
  recipients: string;
}

export interface DemoParts {
  cli: Cli;
  ledger: Ledger;
  producer: Producer;
  dataDir: string;
  interruption: Interruption;
}

/** Receipts come within some 10 s here; beyond this something is broken, and the report says what. */
const patienceMs = 60_000;

/** Makes the campaign and imports its list, with a bar on the screen. It waits to be started. */
export async function importDemo(
  { name, route, content, recipients: path }: DemoCampaign,
  { cli, ledger, producer, dataDir, interruption }: DemoParts,
): Promise<{ id: string; imported: CampaignResult }> {
  const { terminal } = cli;
  const file = await openRecipientFile(path);
  try {
    const rejectedFile = createRejectedFile(join(dataDir, `${route}.rejected.csv`), file.header);
    const draft = await producer.createCampaign({
      key: `${name}-${new Date().toISOString()}`,
      ...{ name, route, content, class: "transactional" },
    });
    const imported = await importWithProgress({
      ...{ producer, sql: ledger.sql, campaign: draft, path, file, rejectedFile, strict: false },
      ...{ terminal, interruption },
    });
    tellWarnings(terminal, imported.warnings);
    terminal.err.write(importText(imported, { rejectedPath: null, encoding: file.encoding }));
    return { id: draft.id, imported };
  } finally {
    file.close();
  }
}

/** Shows how it goes until every message has its final answer. @throws CliError when the demo was interrupted */
export async function watchDemo(
  campaignId: string,
  {
    ledger,
    interruption,
    progress,
    limit,
  }: Pick<DemoParts, "ledger" | "interruption"> & { progress: Progress; limit: RouteLimit | null },
): Promise<Watched> {
  const watched = await watchCampaign({
    ...{ sql: ledger.sql, campaignId, progress, limit, until: "receipts", patienceMs },
    signal: interruption.once,
  }).finally(() => progress.stop());
  if (watched.end !== "interrupted") return watched;
  throw new CliError("The demo was interrupted.");
}
