import { legCounts, retryFailed } from "@hikyaku/ledger";
import { campaignView } from "@hikyaku/views";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { counted } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";

interface RetryOptions extends GlobalOptions {
  failed?: boolean;
  expired?: boolean;
}

export function addRetry(campaign: Command, cli: Cli): void {
  campaign
    .command("retry")
    .argument("<campaign>", "id or key")
    .option("--failed", "those whose newest message failed")
    .option("--expired", "those whose newest message expired; one may have arrived all the same")
    .description("send once more, as a new round of the same campaign")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<RetryOptions>();
        const states = [
          ...(options.failed ? (["failed"] as const) : []),
          ...(options.expired ? (["expired"] as const) : []),
        ];
        if (states.length === 0) {
          throw new CliError("It is not said whom to send to again.", {
            mend: "Give --failed, --expired or both.",
            exitCode: 2,
          });
        }
        return await useLedger(cli, options, async ({ sql }) => {
          const { id, key, state } = await findCampaignByName(sql, name);
          const retried = await retryFailed(sql, { campaignId: id, states });
          if (retried === null) {
            throw new CliError(
              `Campaign ${key} is ${state}: only what was started, and not cancelled, can be sent again.`,
            );
          }
          const row = await findCampaignByName(sql, id);
          const view = campaignView(row, await legCounts(sql, row));
          printResult(cli, options, { ...retried, campaign: view }, () =>
            retried.messages === 0
              ? `Campaign ${key}: nobody's newest message ${states.join(" or ")}; nothing to send again.\n`
              : `Campaign ${key}: ${counted(retried.messages, "message")} in round ${retried.round}.\n`,
          );
          return 0;
        });
      }),
    );
}
