import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addList } from "./list.ts";
import { addShow } from "./show.ts";

export function addInbound(program: Command, cli: Cli): void {
  const inbound = program.command("inbound").description("what end users did: replies, taps, registrations");
  addList(inbound, cli);
  addShow(inbound, cli);
}
