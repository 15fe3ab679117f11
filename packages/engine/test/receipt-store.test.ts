import { connectLedger, migrate, type NewReceipt, newId } from "@hikyaku/ledger";
import { connectRedis, parkedReceipts } from "@hikyaku/queue";
import { createDatabase, createRedis, waitFor } from "@hikyaku/testkit";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createReceiptStore } from "../src/receipts/create-receipt-store.ts";

const receipt = (more: Partial<NewReceipt> = {}): NewReceipt => {
  const id = newId();
  return {
    ...{ id, receivedAt: new Date(), eventAt: null, route: "r", kind: "sms-result", status: "unread" },
    ...{ dedupeKey: id, contentType: "application/json", body: "{}" },
    ...more,
  } as NewReceipt;
};

test("a notification that the ledger can't take keeps the others out of it for a moment only", async () => {
  await using database = await createDatabase();
  await using redis = await createRedis();
  await migrate(database.url);
  const ledger = connectLedger(database.url, { max: 1 });
  const connections = connectRedis({ url: redis.url });
  const parked = parkedReceipts({ redis: connections.impatient(), prefix: redis.redisPrefix });
  const store = createReceiptStore({ ledger, parked, ledgerBudgetMs: 250, log: pino({ level: "silent" }) });
  try {
    expect(await store.store([receipt()])).toBe("ledger");

    expect(await store.store([receipt({ receivedAt: new Date(Number.NaN) })])).toBe("redis");
    expect(await store.store([receipt()])).toBe("redis");

    await waitFor(async () => (await store.store([receipt()])) === "ledger", { what: "the ledger to be used again" });
  } finally {
    store.close();
    await connections.closeAll();
    await ledger.close();
  }
});
