import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { Cli } from "./cli.ts";
import { addApiKey } from "./commands/api-key/api-key.ts";
import { addAudit } from "./commands/audit/audit.ts";
import { addCampaign } from "./commands/campaign/campaign.ts";
import { addCapability } from "./commands/capability/capability.ts";
import { addChannel } from "./commands/channel/channel.ts";
import { addConsent } from "./commands/consent/consent.ts";
import { addContent } from "./commands/content/content.ts";
import { addDemo } from "./commands/demo.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEvents } from "./commands/events/events.ts";
import { addInbound } from "./commands/inbound/inbound.ts";
import { addMessage } from "./commands/message/message.ts";
import { addMigrate } from "./commands/migrate.ts";
import { addReservation } from "./commands/reservation/reservation.ts";
import { addRoute } from "./commands/route/route.ts";
import { addSchedule } from "./commands/schedule/schedule.ts";
import { addSubscribers } from "./commands/subscribers/subscribers.ts";
import { addSuppress } from "./commands/suppress/suppress.ts";
import { addTemplate } from "./commands/template/template.ts";
import { addUnknown } from "./commands/unknown/unknown.ts";
import { addUp } from "./commands/up.ts";
import { addUsage } from "./commands/usage.ts";

const version = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
  .version;

/** The `hikyaku` command with everything below it. Throws CommanderError instead of ending the process. */
export function createProgram(cli: Cli): Command {
  const { out, err } = cli.terminal;
  const program = new Command("hikyaku")
    .description("Bulk SMS campaigns through KDDI Message Cast: nothing lost, nothing sent twice.")
    .version(version, "-V, --version")
    .option("-c, --config <file>", "configuration file (default: $HIKYAKU_CONFIG, then ./hikyaku.yaml)")
    .option("--data-dir <folder>", "data folder of a running `up` (default: ./.hikyaku)")
    .option("--json", "print the result as JSON, and nothing else, on standard output")
    .option("--debug", "show where an error happened")
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      getOutHelpWidth: () => Math.min(120, out.columns),
      getErrHelpWidth: () => Math.min(120, err.columns),
      getOutHasColors: () => cli.terminal.outPaint.isColorSupported,
      getErrHasColors: () => cli.terminal.errPaint.isColorSupported,
    })
    .showSuggestionAfterError()
    .exitOverride();
  addUp(program, cli);
  addDemo(program, cli);
  addMigrate(program, cli);
  addDoctor(program, cli);
  addCampaign(program, cli);
  addSchedule(program, cli);
  addContent(program, cli);
  addMessage(program, cli);
  addTemplate(program, cli);
  addChannel(program, cli);
  addInbound(program, cli);
  addUnknown(program, cli);
  addSuppress(program, cli);
  addConsent(program, cli);
  addEvents(program, cli);
  addCapability(program, cli);
  addSubscribers(program, cli);
  addReservation(program, cli);
  addRoute(program, cli);
  addUsage(program, cli);
  addAudit(program, cli);
  addApiKey(program, cli);
  return program;
}
