import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { flag, type UploadedRows } from "../campaigns/uploaded-rows.ts";
import { problemAnswers } from "../problem-answers.ts";
import { codeParams } from "./schedule-fields.ts";
import { runPreviewSchema, scheduleAnswer, scheduleSchema } from "./schedule-view.ts";

/** `PUT /v1/schedules/{code}/recipients` */
export function scheduleRecipientsRoute(app: Api, { producer }: ConsoleDeps, rowsOf: UploadedRows): void {
  app.route({
    method: "PUT",
    url: "/schedules/:code/recipients",
    schema: {
      operationId: "importScheduleRecipients",
      tags: ["Schedules"],
      summary: "Give a schedule its recipients",
      description:
        "The whole list in one request, in place of the one before, for all runs to come: `application/x-ndjson` with one object a line, or a JSON list. It is checked now and stored with the schedule, each recipient with the values that the content uses. Rows that cannot be messaged are told and left out. What fails changes nothing.",
      consumes: ["application/x-ndjson", "application/json"],
      params: codeParams,
      querystring: z.strictObject({
        strict: flag("`true` refuses the whole list when one row is bad or a duplicate."),
      }),
      response: {
        200: z.object({ schedule: scheduleSchema, preview: runPreviewSchema }),
        ...problemAnswers(
          "schedule-not-found",
          "rows-rejected",
          "invalid-content",
          "unknown-route",
          "invalid-json",
          "request-timeout",
          "body-too-large",
          "unsupported-media-type",
          "shutting-down",
        ),
      },
    },
    async handler(request) {
      const { code } = request.params;
      const recipients = rowsOf(request.body);
      const { strict } = request.query;
      const { schedule, preview } = await producer.importScheduleRecipients(code, { recipients, strict });
      return { schedule: scheduleAnswer(schedule), preview };
    },
  });
}
