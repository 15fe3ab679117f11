import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addExport } from "./export.ts";
import { addList } from "./list.ts";

export function addConsent(program: Command, cli: Cli): void {
  const consent = program
    .command("consent")
    .description("who agreed to advertising, when and how, as far as it is recorded");
  addList(consent, cli);
  addExport(consent, cli);
}
