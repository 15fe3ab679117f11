import { searchExportColumns, searchExportFormats } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { problemAnswers } from "../problem-answers.ts";
import { messageQuery, openFilterReader } from "./message-query.ts";
import { messageSchema } from "./message-schema.ts";
import { sendExport } from "./send-export.ts";

const columns = Object.fromEntries(searchExportColumns.map((column) => [column, true as const]));
const lineSchema = messageSchema
  .pick(columns as { [column in (typeof searchExportColumns)[number]]: true })
  .meta({ id: "ExportedMessage", description: "One line of an export: these fields, in this order." });

/** `GET /v1/messages/export`: all that a search finds. */
export function exportMessagesRoute(app: Api, deps: ConsoleDeps, stopping: AbortSignal): void {
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
      return sendExport(reply as never, deps, { filter, format, stopping });
    },
  });
}
