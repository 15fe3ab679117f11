import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addHold } from "./hold.ts";
import { addList } from "./list.ts";
import { addRelease } from "./release.ts";

export function addRoute(program: Command, cli: Cli): void {
  const route = program.command("route").description("the sender accounts, as the running system has them");
  addList(route, cli);
  addHold(route, cli);
  addRelease(route, cli);
}
