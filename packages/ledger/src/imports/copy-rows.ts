import { once } from "node:events";
import { finished } from "node:stream/promises";
import type { Queryable } from "../connection/connect-ledger.ts";
import type { ImportRow } from "./append-rows.ts";
import { copyField, copyTextArray } from "./copy-text.ts";

export interface CopyRowsInput {
  campaignId: string;
  route: string;
  round: number;
  /** Null when no second legs follow: then nothing of them is written. */
  fallbackAfterMs: number | null;
  rows: readonly ImportRow[];
  /** Recipients who get their row, but as `suppressed`. */
  suppressed: ReadonlySet<string>;
}

/** Streams rows into `message`; memory is that of one write, whatever the number of rows. */
export async function copyRows(transaction: Queryable, input: CopyRowsInput): Promise<void> {
  const { rows, suppressed } = input;
  const { fallbackAfterMs } = input;
  const fallback = fallbackAfterMs === null ? "" : `\t${fallbackAfterMs}`;
  const head = `${input.campaignId}\t${copyField(input.route)}\t${input.round}${fallback}`;
  const endedAt = new Date().toISOString();
  // Most lists bring none, and a column less is a field less a row.
  const hasConsent = rows.some(({ consent }) => consent);
  const copy = transaction`
    copy message (campaign_id, route, round${fallback === "" ? transaction`` : transaction`, fallback_after_ms`}, state, ended_at, id,
                  recipient, line, segments, vars${hasConsent ? transaction`, consent_at, consent_source` : transaction``}) from stdin`;
  const failed = failureOf(copy);
  const stream = await copy.writable();
  const done = Promise.race([finished(stream), failed]);
  // The failure is met at `await done`; until then it must not count as one that nobody handles.
  done.catch(() => {});
  for (let start = 0; start < rows.length && !stream.destroyed; start += rowsPerWrite) {
    let text = "";
    for (const { id, recipient, line, segments, vars, consent } of rows.slice(start, start + rowsPerWrite)) {
      const state = suppressed.has(recipient) ? `suppressed\t${endedAt}` : "queued\t\\N";
      text += `${head}\t${state}\t${id}\t${copyField(recipient)}\t${line}\t${segments}\t${copyTextArray(vars)}`;
      text += hasConsent ? `${consentFields(consent)}\n` : "\n";
    }
    if (!stream.write(text)) await Promise.race([once(stream, "drain"), done]);
  }
  if (!stream.destroyed) stream.end();
  await done;
}

function consentFields(consent: ImportRow["consent"]): string {
  const { at = null, source = null } = consent ?? {};
  return `\t${at?.toISOString() ?? "\\N"}\t${source === null ? "\\N" : copyField(source)}`;
}

/**
 * Rejects when the statement fails. postgres.js resolves a COPY as soon as rows may be written, and an error that the server
 * finds after the last row has been sent would then reach nobody: the stream neither finishes nor fails.
 */
function failureOf(statement: PromiseLike<unknown>): Promise<never> {
  const query = statement as unknown as { reject(error: unknown): void };
  const failure = new Promise<never>((_, reject) => {
    const rejectStatement = query.reject;
    query.reject = (error) => {
      rejectStatement(error);
      reject(error);
    };
  });
  failure.catch(() => {});
  return failure;
}

const rowsPerWrite = 500;
