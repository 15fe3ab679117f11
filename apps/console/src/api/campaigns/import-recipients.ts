import { campaignStates } from "@hikyaku/core";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { problemAnswers } from "../problem-answers.ts";
import { rejectionSchema, warningSchema } from "./campaign-fields.ts";
import { campaignParams, findByName } from "./find-by-name.ts";
import { flag, type UploadedRows } from "./uploaded-rows.ts";

const imported = z
  .object({
    id: z.uuid(),
    key: z.string(),
    state: z.enum(campaignStates),
    recipients: z.int().describe("Rows that are messages now, the suppressed ones included."),
    suppressed: z.int().describe("Recipients who must not be messaged and get nothing."),
    rejected: z.int().describe("Rows that cannot be messaged."),
    duplicates: z.int().describe("Rows left out because an earlier one has the same number."),
    segments: z.int().describe("Billable parts of all recipients that are not suppressed."),
    resumedRows: z.int().describe("Rows that an earlier, interrupted upload had stored already."),
    rejections: z.array(rejectionSchema).describe("The first 100; `GET …/rejections` has more."),
    warnings: z.array(warningSchema),
  })
  .meta({ id: "ImportResult", description: "What the import came to; exact also after a resumed one." });

/** `POST /v1/campaigns/{campaign}/recipients` and `DELETE` of the same. */
export function importRecipientsRoute(app: Api, { producer, ledger }: ConsoleDeps, rowsOf: UploadedRows): void {
  app.route({
    method: "POST",
    url: "/campaigns/:campaign/recipients",
    schema: {
      operationId: "importRecipients",
      tags: ["Campaigns"],
      summary: "Import the recipients",
      description:
        "The whole list in one request: `application/x-ndjson` with one object a line (any length, nothing is held in memory), or a JSON list. Each object has `to` and a field for every `#{name}` of the content; other fields are ignored. A bad row never stops the import: it is counted and listed. When the upload was cut off, send the same list again: it goes on where it stopped. Afterwards the campaign is `ready`.",
      consumes: ["application/x-ndjson", "application/json"],
      params: campaignParams,
      querystring: z.strictObject({
        strict: flag("`true` refuses the whole list when one row is bad or a duplicate."),
        start: flag("`true` starts the campaign when all are in."),
      }),
      response: {
        200: imported,
        ...problemAnswers(
          "campaign-not-found",
          "campaign-state",
          "invalid-content",
          "different-recipients",
          "import-busy",
          "rows-rejected",
          "invalid-json",
          "request-timeout",
          "body-too-large",
          "unsupported-media-type",
          "shutting-down",
        ),
      },
    },
    async handler(request) {
      const { id } = await findByName(ledger.sql, request.params.campaign);
      const { strict, start } = request.query;
      let resumedRows = 0;
      const result = await producer.importRecipients(
        { id },
        {
          recipients: rowsOf(request.body),
          strict,
          onProgress: (progress) => {
            resumedRows = progress.resumedRows;
          },
        },
      );
      const { state, warnings } = start ? await producer.startCampaign({ id }) : { state: result.state, warnings: [] };
      const { key, recipients, suppressed, rejected, duplicates, segments, rejections } = result;
      return {
        id,
        key,
        state,
        recipients,
        suppressed,
        rejected,
        duplicates,
        segments,
        resumedRows,
        rejections,
        warnings: [...result.warnings, ...warnings],
      };
    },
  });

  app.route({
    method: "DELETE",
    url: "/campaigns/:campaign/recipients",
    schema: {
      operationId: "discardImport",
      tags: ["Campaigns"],
      summary: "Take an unfinished import back",
      description:
        "The campaign is a draft without recipients again, for another list. Not after the import has ended.",
      params: campaignParams,
      response: {
        204: z.null().describe("The campaign is a draft again."),
        ...problemAnswers("campaign-not-found", "campaign-state", "import-busy"),
      },
    },
    async handler(request, reply) {
      const { id } = await findByName(ledger.sql, request.params.campaign);
      await producer.discardImport({ id });
      return reply.code(204).send(null);
    },
  });
}
