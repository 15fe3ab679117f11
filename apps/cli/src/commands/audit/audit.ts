import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addList } from "./list.ts";

export function addAudit(program: Command, cli: Cli): void {
  const audit = program.command("audit").description("what was decided against a rule: by whom, why and when");
  addList(audit, cli);
}
