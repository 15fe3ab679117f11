import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addLint } from "./lint.ts";
import { addPreview } from "./preview.ts";

export function addContent(program: Command, cli: Cli): void {
  const content = program.command("content").description("what a message says, looked at before anything is sent");
  addLint(content, cli);
  addPreview(content, cli);
}
