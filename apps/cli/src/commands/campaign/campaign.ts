import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addCancel } from "./cancel.ts";
import { addCreate } from "./create.ts";
import { addImport } from "./import.ts";
import { addList } from "./list.ts";
import { addPause } from "./pause.ts";
import { addReport } from "./report.ts";
import { addResume } from "./resume.ts";
import { addRetry } from "./retry.ts";
import { addSend } from "./send.ts";
import { addShow } from "./show.ts";
import { addStart } from "./start.ts";

export function addCampaign(program: Command, cli: Cli): void {
  const campaign = program.command("campaign").description("send to the recipients of a file, and see how it goes");
  addSend(campaign, cli);
  addCreate(campaign, cli);
  addImport(campaign, cli);
  addStart(campaign, cli);
  addPause(campaign, cli);
  addResume(campaign, cli);
  addCancel(campaign, cli);
  addShow(campaign, cli);
  addList(campaign, cli);
  addReport(campaign, cli);
  addRetry(campaign, cli);
}
