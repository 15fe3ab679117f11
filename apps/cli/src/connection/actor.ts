import { hostname, userInfo } from "node:os";
import type { World } from "../cli.ts";

/** Who runs the command, as the audit has it: `cli:sato@desk`; behind `sudo` the person and not root. */
export function actorOf({ env }: Pick<World, "env">): string {
  return `cli:${env.SUDO_USER || env.USER || env.LOGNAME || env.USERNAME || systemUser()}@${hostname()}`;
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    return "unknown";
  }
}
