import { createHash } from "node:crypto";
import type { MessageClass, RecordedOverride, SecondLegPlan } from "@hikyaku/core";
import { appendRows, beginImport, createCampaign, finishImport, newId, startCampaign } from "@hikyaku/ledger";
import { route, type TestSystem } from "./start-system.ts";

/** The `n`-th number of a range that belongs to nobody (C = 0) and that the simulator delivers to without a hitch. */
export function plainNumber(n: number): string {
  return `+817000${String(n).padStart(6, "0")}`;
}

/** A number with one of the simulator's behaviours, e.g. 61: accepted, then the socket closes without an answer. */
export function magicNumber(behaviour: number): string {
  return `+8190000000${String(behaviour).padStart(2, "0")}`;
}

/** Writes a campaign with these recipients into the ledger and starts it, unless told not to; the producer's job, without the producer. */
export async function startTestCampaign(
  system: TestSystem,
  input: {
    recipients: readonly string[];
    id?: string;
    key?: string;
    text?: string;
    /** In place of `text`; its one variable is `n`. */
    content?: Readonly<Record<string, unknown>>;
    fallback?: SecondLegPlan;
    priority?: number;
    onUnknown?: "hold" | "resend";
    isStarted?: boolean;
    class?: MessageClass;
    overrides?: readonly RecordedOverride[];
  },
): Promise<string> {
  const { sql } = system.ledger;
  const { id = newId() } = input;
  await createCampaign(sql, {
    id,
    key: input.key ?? id,
    name: "test",
    route,
    content: input.content ?? { text: input.text ?? "#{n}番のお客様へ" },
    variables: ["n"],
    requestHash: createHash("sha256").update(id).digest(),
    priority: input.priority ?? 5,
    onUnknown: input.onUnknown ?? "hold",
    fallback: input.fallback ?? null,
    class: input.class ?? null,
    overrides: input.overrides ?? [],
  });
  await beginImport(sql, { campaignId: id });
  const digest = createHash("sha256").digest();
  const size = 10_000;
  for (let at = 0; at < input.recipients.length; at += size) {
    const rows = input.recipients.slice(at, at + size).map((recipient, index) => ({
      id: newId(),
      recipient,
      line: at + index + 1,
      segments: 1,
      vars: [String(at + index + 1)],
    }));
    await appendRows(sql, {
      campaignId: id,
      route,
      round: 1,
      rows,
      progress: { rows: at + rows.length, digest, rejected: 0, duplicates: 0 },
    });
  }
  await finishImport(sql, { campaignId: id, rejectedRows: 0, digest });
  if (input.isStarted ?? true) await startCampaign(sql, { campaignId: id });
  return id;
}
