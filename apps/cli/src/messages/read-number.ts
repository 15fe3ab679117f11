import type { RecipientResult } from "@hikyaku/core";
import { listRoutes, type Sql } from "@hikyaku/ledger";
import { findProvider } from "@hikyaku/providers";
import { CliError } from "../cli-error.ts";

/**
 * Brings numbers a person wrote into the form the ledger has them in: by the rules of `route`, or (`*`) of any published
 * route, where the first that takes it decides. Without any route only the finished form (`+8190…`) is taken.
 */
export type NumberReader = (raw: string) => RecipientResult;

/** @throws CliError when the route is not known */
export async function openNumberReader(sql: Sql, route = "*"): Promise<NumberReader> {
  const published = await listRoutes(sql);
  const wanted = published.filter(({ name }) => route === "*" || name === route);
  if (wanted.length === 0 && route !== "*") {
    throw new CliError(`No route is called "${route}".`, {
      mend:
        published.length === 0
          ? "Start a worker: it publishes its routes."
          : `Name one of ${published.map(({ name }) => name).join(", ")}.`,
    });
  }
  const rules = wanted.map(({ provider, settings }) => findProvider(provider).rules(settings));
  return (raw) => {
    let answer: RecipientResult = /^\+[1-9]\d{7,14}$/.test(raw)
      ? { ok: true, recipient: raw }
      : {
          ok: false,
          code: "no-route",
          reason: "no route is published yet, so only numbers in full (+81…) are understood",
        };
    for (const each of rules) {
      answer = each.normaliseRecipient(raw);
      if (answer.ok) return answer;
    }
    return answer;
  };
}

/** @throws CliError naming what is wrong with it */
export async function readNumber(sql: Sql, raw: string, route?: string): Promise<string> {
  const read = (await openNumberReader(sql, route))(raw);
  if (read.ok) return read.recipient;
  throw new CliError(`"${raw}" is not a number that can be messaged: ${read.reason}.`, { exitCode: 2 });
}
