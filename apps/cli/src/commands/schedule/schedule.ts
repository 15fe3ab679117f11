import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addCreate } from "./create.ts";
import { addDelete } from "./delete.ts";
import { addEdit } from "./edit.ts";
import { addImport } from "./import.ts";
import { addList } from "./list.ts";
import { addShow } from "./show.ts";

export function addSchedule(program: Command, cli: Cli): void {
  const schedule = program
    .command("schedule")
    .description("campaigns that the running system makes and starts by itself, once on each of their days");
  addCreate(schedule, cli);
  addImport(schedule, cli);
  addEdit(schedule, cli);
  addList(schedule, cli);
  addShow(schedule, cli);
  addDelete(schedule, cli);
}
