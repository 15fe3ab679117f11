import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addEnable } from "./enable.ts";
import { addEndpoints } from "./endpoints.ts";
import { addList } from "./list.ts";
import { addReplay } from "./replay.ts";
import { addSecret } from "./secret.ts";
import { addShow } from "./show.ts";

export function addEvents(program: Command, cli: Cli): void {
  const events = program.command("events").description("what is told to your own systems");
  addList(events, cli);
  addShow(events, cli);
  addReplay(events, cli);
  addEndpoints(events, cli);
  addEnable(events, cli);
  addSecret(events, cli);
}
