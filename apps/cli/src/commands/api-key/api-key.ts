import type { Command } from "commander";
import type { Cli } from "../../cli.ts";
import { addCreate } from "./create.ts";
import { addList } from "./list.ts";
import { addRevoke } from "./revoke.ts";

export function addApiKey(program: Command, cli: Cli): void {
  const apiKey = program.command("api-key").description("keys for the HTTP API of the console");
  addCreate(apiKey, cli);
  addList(apiKey, cli);
  addRevoke(apiKey, cli);
}
