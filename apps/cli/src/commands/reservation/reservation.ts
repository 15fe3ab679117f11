import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addCancel } from "./cancel.ts";
import { addList } from "./list.ts";
import { addShow } from "./show.ts";

export function addReservation(program: Command, cli: Cli): void {
  const reservation = program
    .command("reservation")
    .description("what a carrier holds until the time it was reserved for");
  addList(reservation, cli);
  addShow(reservation, cli);
  addCancel(reservation, cli);
}
