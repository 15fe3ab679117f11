import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { startSystem, type TestSystem } from "./start-system.ts";

async function readiness(url: string) {
  const response = await fetch(`${url}/readyz`);
  const { checks } = (await response.json()) as { checks: Record<string, string> };
  return { status: response.status, ledger: checks.ledger };
}

/** A connection to Redis may take a moment longer than the start. */
async function waitUntilReady(url: string): Promise<void> {
  await waitFor(async () => (await readiness(url)).status === 200, { what: `${url} to be ready` });
}

/** As the newer version's `hikyaku migrate` leaves it. */
async function migrateAhead({ ledger: { sql } }: TestSystem): Promise<void> {
  await sql`
    insert into schema_version (version, name, md5, run_at)
    select max(version) + 1, 'of-a-newer-version', 'x', now() from schema_version`;
}

test("a newer schema takes nobody out: who runs stays ready, and the same version can be started again", async () => {
  await using system = await startSystem();
  const { sql } = system.ledger;
  const [receiver, worker] = [await system.start("receiver"), await system.start("worker")];

  for (const { url } of [receiver, worker]) await waitUntilReady(url);

  await migrateAhead(system);

  for (const { url } of [receiver, worker]) expect(await readiness(url)).toEqual({ status: 200, ledger: "ok" });
  const again = await system.start("receiver");
  await waitUntilReady(again.url);

  await sql`delete from schema_version where version > 0`;
  await waitFor(async () => (await readiness(again.url)).status === 503);
  expect((await readiness(again.url)).ledger).toMatch(/^the schema is at version 0, .* run: hikyaku migrate$/);
});
