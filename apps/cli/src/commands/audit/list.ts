import { type AuditAction, type AuditEntry, auditActions, listAudit } from "@hikyaku/ledger";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { shownNumber } from "../../messages/shown-message.ts";
import { oneOf, wholeNumber } from "../../option-values.ts";
import { counted, moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTable } from "../../output/table.ts";

interface AuditListOptions extends GlobalOptions {
  action?: AuditAction;
  campaign?: string;
  limit: number;
  before?: number;
  showNumbers?: boolean;
}

export function addList(audit: Command, cli: Cli): void {
  audit
    .command("list")
    .option("--action <action>", `only ${auditActions.join(", ")}`, oneOf(auditActions))
    .option("--campaign <campaign>", "only of this campaign, by its id or key")
    .option("--limit <count>", "at most so many", wholeNumber(1, 10_000), 50)
    .option("--before <id>", "the page after this entry", wholeNumber(1))
    .option("--show-numbers", "numbers in full")
    .description("newest first")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<AuditListOptions>();
        const { action, campaign, limit, before, showNumbers = false } = options;
        return await useLedger(cli, options, async ({ sql }) => {
          const found = await listAudit(sql, {
            limit,
            ...(action === undefined ? {} : { action }),
            ...(before === undefined ? {} : { before }),
            ...(campaign === undefined ? {} : { campaignId: (await findCampaignByName(sql, campaign)).id }),
          });
          const rows = found.map(({ recipient, ...entry }) => ({
            ...entry,
            recipient: recipient === null ? null : shownNumber(recipient, showNumbers),
          }));
          printResult(cli, options, rows, (paint) =>
            rows.length === 0
              ? "Nothing was decided against a rule so far.\n"
              : drawTable(
                  [
                    { header: "ID", align: "right" },
                    { header: "AT" },
                    { header: "WHO", maxWidth: 30 },
                    { header: "WHAT" },
                    { header: "OF", maxWidth: 50 },
                    { header: "WHY", maxWidth: 60 },
                  ],
                  rows.map((row) => [
                    ...[String(row.id), moment(row.at), row.actor],
                    whatOf(row),
                    subjectOf(row),
                    row.reason,
                  ]),
                  paint,
                ),
          );
          return 0;
        });
      }),
    );
}

/** With the rule that was overridden, or the carrier's id of the reservation that was cancelled. */
function whatOf({ action, rule, details: { reserveId } }: Pick<AuditEntry, "action" | "rule" | "details">): string {
  const of = rule ?? (typeof reserveId === "string" ? reserveId : null);
  return of === null ? action : `${action}: ${of}`;
}

function subjectOf({ campaignId, campaignName, messageId, recipient, route, details }: AuditEntry): string {
  const messages = typeof details.messages === "number" ? [counted(details.messages, "message")] : [];
  const of =
    recipient ??
    (campaignId !== null
      ? `campaign ${campaignName ?? campaignId}`
      : messageId !== null
        ? `message ${messageId}`
        : null);
  const on = route === null ? [] : [route === "*" ? "every route" : `route ${route}`];
  return [...(of === null ? [] : [of]), ...messages, ...on].join(", ");
}
