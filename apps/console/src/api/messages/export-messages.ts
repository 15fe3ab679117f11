import { Readable } from "node:stream";
import { streamSearch } from "@hikyaku/ledger";
import { searchExportColumns, searchExportFormats, writeSearch } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { problemAnswers } from "../problem-answers.ts";
import { goneSignal } from "../routes/gone-signal.ts";
import { messageQuery, openFilterReader } from "./message-query.ts";
import { messageSchema } from "./message-schema.ts";

const columns = Object.fromEntries(searchExportColumns.map((column) => [column, true as const]));
const lineSchema = messageSchema
  .pick(columns as { [column in (typeof searchExportColumns)[number]]: true })
  .meta({ id: "ExportedMessage", description: "One line of an export: these fields, in this order." });

const types = { csv: "text/csv; charset=utf-8", jsonl: "application/x-ndjson" } as const;

/**
 * `GET /v1/messages/export`: all that a search finds, as it is read. A page of the ledger is in memory at a time, and the
 * next is read when the reader took it; nothing more is read when it has gone.
 */
export function exportMessagesRoute(app: Api, deps: ConsoleDeps, stopping: AbortSignal): void {
  const { ledger, log } = deps;
  const readFilter = openFilterReader(deps);

  app.route({
    method: "GET",
    url: "/messages/export",
    schema: {
      operationId: "exportMessages",
      tags: ["Messages"],
      summary: "Export what a search finds",
      description:
        "Everything the same filters find with `GET /v1/messages`, newest first, in one answer of any length: CSV with a header line and a byte order mark, or JSON Lines. An answer that breaks off before its end (the connection is closed without the last chunk) is not complete: ask again.",
      querystring: z.strictObject({
        format: z.enum(searchExportFormats).default("csv").describe("`jsonl` is one JSON object a line."),
        ...messageQuery,
      }),
      response: {
        200: {
          description: "The messages.",
          content: { "text/csv": { schema: z.string() }, "application/x-ndjson": { schema: lineSchema } },
        },
        ...problemAnswers("invalid-number", "campaign-not-found"),
      },
    },
    async handler(request, reply) {
      const { format, ...query } = request.query;
      const filter = await readFilter(query);
      const gone = goneSignal(reply.raw);
      const pages = streamSearch(ledger.sql, filter, { signal: AbortSignal.any([gone, stopping]) });
      // Broken off, it must not look like a shorter list: the stream ends by an error, and so does the connection.
      const text = Readable.from(writeSearch(pages, format)).on("error", (err) => {
        if (!gone.aborted) log.error({ err, format }, "an export of messages broke off");
      });
      reply
        .type(types[format])
        .header("content-disposition", `attachment; filename="messages.${format}"`)
        .send(text as never);
      return reply;
    },
  });
}
