import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  appendRows,
  applyReceipts,
  beginImport,
  campaignCounts,
  claimBatch,
  connectLedger,
  countRows,
  createCampaign,
  dueCampaigns,
  findCampaign,
  findMessage,
  finishImport,
  insertMessage,
  migrate,
  newId,
  publishRoutes,
  recordOutcomes,
  registerWorker,
  resumeCampaign,
  type Sql,
  startCampaign,
  storeReceipts,
} from "@hikyaku/ledger";
import { createDatabase } from "@hikyaku/testkit";
import { expect, test } from "vitest";

// An operator who restored an old ledger has nothing but docs/operate/backup-and-upgrade.md. So its steps are run here.

const route = "coupon-sms";
const worker = newId();
const number = (n: number) => `+8190123400${String(n).padStart(2, "0")}`;

/** The page's statements, with psql's variables put in as psql would. */
async function statementsOf(page: string, given: Readonly<Record<string, string>>): Promise<string[]> {
  const text = await readFile(new URL(`../docs/operate/${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/^ *```sql\n(.*?)^ *```$/gms)].map(([, sql = ""]) => {
    const variables = [...sql.matchAll(/^ *\\set (\w+) '?([^'\n]*)'?$/gm)].map(([, name = "", value = ""]) => ({
      name,
      value,
    }));
    return variables.reduce(
      (done, { name, value }) =>
        done.replaceAll(`:'${name}'`, `'${given[name] ?? value}'`).replaceAll(`:${name}`, given[name] ?? value),
      sql.replaceAll(/^ *\\set .*$/gm, ""),
    );
  });
}

async function campaign(
  sql: Sql,
  recipients: readonly number[],
  startAt?: Date,
): Promise<{ id: string; messages: string[] }> {
  const id = newId();
  const digest = createHash("sha256").digest();
  await createCampaign(sql, {
    ...{ id, key: id, name: id, route, content: { text: "x" }, variables: [], requestHash: digest },
    startAt: startAt ?? null,
  });
  await beginImport(sql, { campaignId: id });
  const rows = recipients.map((n, at) => ({ id: newId(), recipient: number(n), line: at + 1, segments: 1, vars: [] }));
  const progress = { rows: rows.length, digest, rejected: 0, duplicates: 0 };
  await appendRows(sql, { campaignId: id, route, round: 1, rows, progress });
  await finishImport(sql, { campaignId: id, rejectedRows: 0, digest });
  if (startAt === undefined) await startCampaign(sql, { campaignId: id });
  return { id, messages: rows.map((row) => row.id) };
}

test.each(["backup-and-upgrade.md", "backup-and-upgrade.ja.md"])(
  "after the steps of %s nothing that may have been sent goes out again, and the rest does",
  async (page) => {
    await using database = await createDatabase();
    await migrate(database.url);
    const ledger = connectLedger(database.url);
    const { sql } = ledger;
    try {
      await publishRoutes(sql, [{ name: route, provider: "kddi", settings: {} }]);
      await registerWorker(sql, { id: worker, kind: "worker", host: "test", pid: 1 });
      const [lastKnown = "", mark = ""] = await statementsOf(page, {});
      expect(lastKnown).toContain("heartbeat_at");
      expect((await sql.unsafe(lastKnown))[0]?.max).toBeInstanceOf(Date);
      expect(mark).toContain("limit 49000");

      const hours = (n: number) => new Date(Date.now() + n * 3_600_000);
      const running = await campaign(sql, [1, 2, 3, 4, 5, 6, 7, 8]);
      const missed = await campaign(sql, [11, 12], hours(-1));
      const planned = await campaign(sql, [21, 22, 23, 24], hours(24));
      const [accepted = "", retried = ""] = [running.messages[0], running.messages[7]];
      const claim = newId();
      await claimBatch(sql, { ids: [accepted, retried], claim, worker, route });
      await recordOutcomes(sql, {
        worker,
        results: [
          { id: accepted, claim, to: "accepted", outcome: "accepted", providerMessageId: "known" },
          { id: retried, claim, to: "queued", outcome: "retry", dueInMs: 0 },
        ],
      });
      const single = newId();
      await insertMessage(sql, { id: single, route, recipient: number(31), content: { text: "x" }, segments: 1 });

      const [, steps = ""] = await statementsOf(page, {
        lost_from: hours(-2).toISOString(),
        lost_to: new Date().toISOString(),
        most: "3",
      });
      // As psql does it: statement by statement on one connection.
      const session = await sql.reserve();
      await session.unsafe(steps);
      session.release();

      const states = async (ids: readonly string[]) =>
        await Promise.all(ids.map(async (id) => (await findMessage(sql, { id }))?.state));
      expect(await states(running.messages)).toEqual([
        "accepted",
        ...["unknown", "unknown", "unknown"],
        ...["queued", "queued", "queued"],
        "unknown",
      ]);
      expect(await states([...missed.messages, single])).toEqual(["unknown", "unknown", "unknown"]);
      expect(await states(planned.messages)).toEqual(["unknown", "unknown", "unknown", "queued"]);
      expect(await findCampaign(sql, { id: running.id })).toMatchObject({ state: "paused" });
      expect(await dueCampaigns(sql)).toEqual([]);
      expect((await findCampaign(sql, { id: planned.id }))?.startAt).not.toBeNull();
      expect(await sql`select id from message where state = 'queued' and due_at is not null`).toHaveLength(0);
      const everything = [...running.messages, ...missed.messages, ...planned.messages, single];
      expect(await claimBatch(sql, { ids: everything, claim: newId(), worker, route })).toEqual([]);
      for (const { id } of [running, missed, planned])
        expect(await campaignCounts(sql, { campaignId: id })).toEqual(await countRows(sql, { campaignId: id }));

      await resumeCampaign(sql, { campaignId: running.id });
      const claimed = await claimBatch(sql, { ids: everything, claim: newId(), worker, route });
      expect(claimed.map(({ id }) => id).sort()).toEqual(running.messages.slice(4, 7).sort());

      const late = {
        id: newId(),
        route,
        kind: "receipt",
        dedupeKey: "late",
        body: "",
        status: "pending",
        reportedState: "delivered",
      } as const;
      await storeReceipts(sql, [
        { ...late, providerMessageId: "unheard-of", recipient: number(12), receivedAt: new Date() },
      ]);
      expect(await applyReceipts(sql, { limit: 10, parkForMs: 1_000, parkRetryMs: 1_000 })).toMatchObject({
        adopted: 1,
      });
      expect(await states(missed.messages)).toEqual(["unknown", "delivered"]);
    } finally {
      await ledger.close();
    }
  },
);
