import { randomUUID } from "node:crypto";
import { claimBatch, connectLedger, listMessages, recordOutcomes, registerWorker } from "@hikyaku/ledger";

/** What a worker would have written of one attempt for the recipient on `line` of a campaign. */
export async function attempt(
  databaseUrl: string,
  {
    campaignId,
    line,
    to,
    reason,
  }: { campaignId: string; line: number; to: "accepted" | "failed" | "unknown"; reason?: string },
): Promise<void> {
  const ledger = connectLedger(databaseUrl, { max: 1 });
  const { sql } = ledger;
  try {
    const worker = randomUUID();
    const claim = randomUUID();
    await registerWorker(sql, { id: worker, kind: "worker", host: "test", pid: 1 });
    const message = (await listMessages(sql, { campaignId, limit: 100 })).find((each) => each.line === line);
    if (message === undefined) throw new Error(`no message has line ${line}`);
    const { id, route } = message;
    await claimBatch(sql, { ids: [id], claim, worker, route });
    const { recorded } = await recordOutcomes(sql, {
      worker,
      results: [{ id, claim, to, reason: reason ?? null, outcome: to }],
    });
    if (recorded.length !== 1) throw new Error(`line ${line} was not moved`);
  } finally {
    await ledger.close();
  }
}
