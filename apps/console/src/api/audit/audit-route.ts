import { overridableRules } from "@hikyaku/core";
import { auditActions, listAudit } from "@hikyaku/ledger";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { openEnum } from "../open-enum.ts";
import { problemAnswers } from "../problem-answers.ts";

const entrySchema = z
  .object({
    id: z.int(),
    at: z.date(),
    actor: z.string().describe("Who: `api-key:shop`, `user:operator`, `cli:sato@host`."),
    action: openEnum(auditActions),
    rule: openEnum(overridableRules).nullable().describe("Which rule was overridden."),
    reason: z.string().describe("As given; empty when none was."),
    route: z.string().nullable(),
    campaignId: z.uuid().nullable(),
    campaignName: z.string().nullable(),
    messageId: z.uuid().nullable(),
    recipient: z.string().nullable().describe("Whose suppression was removed."),
    details: z
      .record(z.string(), z.unknown())
      .describe(
        "What more there is to know. Of a cancelled reservation: `reserveId`, `messages` (ended as `revoked`, of this campaign), `wasCancelled` (before, at the carrier; only its messages were ended).",
      ),
  })
  .meta({
    id: "AuditEntry",
    description:
      "Something decided against a rule, against what the system had decided, or against what the carrier held to send.",
  });

const position = z.strictObject({ before: z.int() });

/** `GET /v1/audit` */
export function auditRoute(app: Api, { ledger }: ConsoleDeps): void {
  app.route({
    method: "GET",
    url: "/audit",
    schema: {
      operationId: "listAudit",
      tags: ["Audit"],
      summary: "List what was decided against a rule",
      description:
        "Newest first: rules overridden, unknown messages sent again, holds lifted, suppressions removed, reservations cancelled. It is kept for good.",
      querystring: z.strictObject({
        action: z.enum(auditActions).optional(),
        campaignId: z.uuid().optional(),
        messageId: z.uuid().optional(),
        ...pageQuery,
      }),
      response: { 200: pageSchema(entrySchema).describe("A page of entries."), ...problemAnswers("invalid-cursor") },
    },
    async handler(request) {
      const { action, campaignId, messageId, limit, cursor } = request.query;
      const from = readCursor(position, cursor);
      const rows = await listAudit(ledger.sql, {
        limit: limit + 1,
        ...from,
        ...(action === undefined ? {} : { action }),
        ...(campaignId === undefined ? {} : { campaignId }),
        ...(messageId === undefined ? {} : { messageId }),
      });
      return pageOf(rows, { limit, position: ({ id }) => ({ before: id }), view: (entry) => entry });
    },
  });
}
