import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addLint } from "./lint.ts";
import { addList } from "./list.ts";
import { addPreview } from "./preview.ts";
import { addRefresh } from "./refresh.ts";
import { addShow } from "./show.ts";

export function addTemplate(program: Command, cli: Cli): void {
  const template = program.command("template").description("texts that a carrier must approve: KakaoTalk AlimTalk");
  addList(template, cli);
  addShow(template, cli);
  addPreview(template, cli);
  addLint(template, cli);
  addRefresh(template, cli);
}
