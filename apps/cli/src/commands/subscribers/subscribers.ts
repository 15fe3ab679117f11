import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addList } from "./list.ts";

export function addSubscribers(program: Command, cli: Cli): void {
  addList(program.command("subscribers").description("who registered with the account on +Message"), cli);
}
