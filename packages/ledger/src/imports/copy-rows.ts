import { once } from "node:events";
import { finished } from "node:stream/promises";
import type { Queryable } from "../connection/connect-ledger.ts";
import type { ImportRow } from "./append-rows.ts";
import { copyField, copyTextArray } from "./copy-text.ts";

export interface CopyRowsInput {
  campaignId: string;
  route: string;
  round: number;
  rows: readonly ImportRow[];
  /** Recipients who get their row, but as `suppressed`. */
  suppressed: ReadonlySet<string>;
}

/** Streams rows into `message`; memory is that of one write, whatever the number of rows. */
export async function copyRows(transaction: Queryable, input: CopyRowsInput): Promise<void> {
  const { rows, suppressed } = input;
  const head = `${input.campaignId}\t${copyField(input.route)}\t${input.round}`;
  const endedAt = new Date().toISOString();
  const stream = await transaction`
    copy message (campaign_id, route, round, state, ended_at, id, recipient, line, segments, vars) from stdin`.writable();
  const done = finished(stream);
  // The failure is met at `await done`; in between it must not count as one that nobody handles.
  done.catch(() => {});
  for (let start = 0; start < rows.length && !stream.destroyed; start += rowsPerWrite) {
    let text = "";
    for (const { id, recipient, line, segments, vars } of rows.slice(start, start + rowsPerWrite)) {
      const state = suppressed.has(recipient) ? `suppressed\t${endedAt}` : "queued\t\\N";
      text += `${head}\t${state}\t${id}\t${copyField(recipient)}\t${line}\t${segments}\t${copyTextArray(vars)}\n`;
    }
    if (!stream.write(text)) await Promise.race([once(stream, "drain"), done]);
  }
  if (!stream.destroyed) stream.end();
  await done;
}

const rowsPerWrite = 500;
