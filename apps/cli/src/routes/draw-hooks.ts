import type { HookRow } from "@hikyaku/ledger";
import { moment } from "../output/format.ts";
import { drawTable } from "../output/table.ts";
import type { Paint } from "../output/terminal.ts";

/**
 * When a connection test, or an empty notification, which looks the same, was answered at each notification URL; empty when
 * none was ever tried.
 */
export function drawHooks(hooks: readonly HookRow[], paint: Paint): string {
  if (hooks.length === 0) return "";
  return `\n${drawTable(
    [{ header: "HOOK" }, { header: "CONNECTION TEST ANSWERED" }, { header: "FROM" }, { header: "LAST NOT UNDERSTOOD" }],
    hooks.map(({ route, kind, testedAt, testedFrom, unrecognisedAt }) => [
      kind === "any" ? `${route}, every kind` : `${route}/${kind}`,
      testedAt === null ? paint.yellow("never") : moment(testedAt),
      testedFrom ?? "–",
      moment(unrecognisedAt),
    ]),
    paint,
  )}`;
}
