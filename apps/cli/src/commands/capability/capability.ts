import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addCheck } from "./check.ts";

export function addCapability(program: Command, cli: Cli): void {
  addCheck(program.command("capability").description("whom +Message reaches, as the carrier sees it"), cli);
}
