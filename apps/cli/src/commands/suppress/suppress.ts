import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addAdd } from "./add.ts";
import { addImport } from "./import.ts";
import { addList } from "./list.ts";
import { addRemove } from "./remove.ts";

export function addSuppress(program: Command, cli: Cli): void {
  const suppress = program.command("suppress").description("recipients who must not be messaged");
  addAdd(suppress, cli);
  addRemove(suppress, cli);
  addImport(suppress, cli);
  addList(suppress, cli);
}
