import { Readable } from "node:stream";
import { type MessageFilter, type MessageRow, streamSearch } from "@hikyaku/ledger";
import { type MessageView, type SearchExportFormat, writeSearch } from "@hikyaku/views";
import type { FastifyReply } from "fastify";
import type { ConsoleDeps } from "../../console-deps.ts";
import { goneSignal } from "../routes/gone-signal.ts";

const types = { csv: "text/csv; charset=utf-8", jsonl: "application/x-ndjson" } as const;

export interface SearchExport {
  filter: MessageFilter;
  format: SearchExportFormat;
  /** Aborted when the process stops. */
  stopping: AbortSignal;
  /** How a message is shown; with its number in full when left out. */
  shown?: (message: MessageRow) => MessageView;
}

/**
 * Answers with all that a search finds, as it is read: a page of the ledger is in memory at a time, and the next is read when the reader
 * took it; nothing more is read when it has gone.
 */
export function sendExport(
  reply: FastifyReply,
  { ledger, log }: Pick<ConsoleDeps, "ledger" | "log">,
  { filter, format, stopping, shown }: SearchExport,
): FastifyReply {
  const gone = goneSignal(reply.raw);
  const pages = streamSearch(ledger.sql, filter, { signal: AbortSignal.any([gone, stopping]) });
  // Broken off, it must not look like a shorter list: the stream ends by an error, and so does the connection.
  const text = Readable.from(writeSearch(pages, format, shown)).on("error", (err) => {
    if (!gone.aborted) log.error({ err, format }, "an export of messages broke off");
  });
  return reply
    .type(types[format])
    .header("content-disposition", `attachment; filename="messages.${format}"`)
    .send(text);
}
