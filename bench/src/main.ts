// The benchmark: one command, one table. Every figure is a ratio measured side by side in this run, or a count.
// Arguments name rows to run alone, e.g. `npx pnpm@10 bench pipeline cancel`.
import { availableParallelism, cpus } from "node:os";
import { startStack } from "@hikyaku/testkit";
import type { Row } from "./row.ts";
import { cancel } from "./rows/cancel.ts";
import { threeKills } from "./rows/kills.ts";
import { slowGateway, useOfLimit } from "./rows/limits.ts";
import { memoryOfACampaign } from "./rows/memory.ts";
import { receiverAtFullSpeed, receiverWithoutLedger } from "./rows/receiver.ts";
import { durableSending, wholePipeline } from "./rows/throughput.ts";

const rows: Record<string, () => Promise<Row>> = {
  pipeline: wholePipeline,
  durable: durableSending,
  "limit-100": () => useOfLimit(100),
  "limit-1000": () => useOfLimit(1_000),
  "slow-gateway": slowGateway,
  cancel,
  kills: threeKills,
  memory: memoryOfACampaign,
  receiver: receiverAtFullSpeed,
  "receiver-outage": receiverWithoutLedger,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in rows));
if (unknown.length > 0) {
  console.error(`No row is called ${unknown.join(", ")}. There are: ${Object.keys(rows).join(", ")}`);
  process.exit(2);
}

// One stack for all rows, with PostgreSQL syncing to disk as it does in production.
await using stack = await startStack({ env: process.env, durable: true, log: (line) => console.error(line) });
process.env.DATABASE_URL = stack.databaseUrl;
process.env.REDIS_URL = stack.redisUrl;

console.log(`${availableParallelism()} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}`);
const results: Row[] = [];
for (const [name, run] of Object.entries(rows)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.error(`running ${name} …`);
  try {
    results.push(await run());
  } catch (error) {
    // The rows before it have taken minutes; they are shown all the same.
    console.error(error);
    results.push({ what: name, measured: "failed", against: "–", result: "–", bar: "–", reached: false });
  }
}

const columns = ["what", "measured", "against", "result", "bar"] as const;
const width = (column: (typeof columns)[number]) =>
  Math.max(column.length, ...results.map((row) => row[column].length));
const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
console.log(line([...columns.map((column) => column.padEnd(width(column))), "reached"]));
console.log(line([...columns.map((column) => "-".repeat(width(column))), "-------"]));
for (const row of results) {
  console.log(
    line([...columns.map((column) => row[column].padEnd(width(column))), row.reached ? "yes    " : "NO     "]),
  );
}
process.exitCode = results.every((row) => row.reached) ? 0 : 1;
