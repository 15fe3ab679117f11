import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addClose } from "./close.ts";
import { addList } from "./list.ts";
import { addResend } from "./resend.ts";

export function addUnknown(program: Command, cli: Cli): void {
  const unknown = program
    .command("unknown")
    .description("messages that may or may not have gone out: the connection broke before the gateway's answer");
  addList(unknown, cli);
  addResend(unknown, cli);
  addClose(unknown, cli);
}
