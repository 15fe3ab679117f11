import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addList } from "./list.ts";
import { addSearch } from "./search.ts";
import { addSend } from "./send.ts";
import { addShow } from "./show.ts";

export function addMessage(program: Command, cli: Cli): void {
  const message = program.command("message").description("one message, and what became of it");
  addSend(message, cli);
  addShow(message, cli);
  addList(message, cli);
  addSearch(message, cli);
}
