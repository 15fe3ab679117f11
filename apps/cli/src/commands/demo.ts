import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../cli.ts";
import { runDemo } from "../demo/run-demo.ts";

export interface DemoOptions extends GlobalOptions {
  all?: boolean;
  keep?: boolean;
  logs?: boolean;
}

export function addDemo(program: Command, cli: Cli): void {
  program
    .command("demo")
    .description("the whole system with a gateway simulator: 2,000 messages, and the proof of what became of them")
    .option("--all", "beside it 10,000 KakaoTalk messages over a simulated NAVER Cloud SENS, and the proof of those")
    .option("--keep", "leave it running afterwards, to look at the dashboards")
    .option("--logs", "show what the processes log")
    .action(cli.action(async (_own, command: Command) => await runDemo(cli, command.optsWithGlobals<DemoOptions>())));
}
