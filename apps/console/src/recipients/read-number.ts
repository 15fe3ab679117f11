import type { Provider, RecipientResult } from "@hikyaku/core";
import { listRoutes, type Sql } from "@hikyaku/ledger";

/**
 * Brings a number a person wrote into the form the ledger has it in: by the rules of `route`, or of any route when none is
 * named (or `*`), where the first that takes it decides.
 */
export type NumberReader = (raw: string, route?: string) => RecipientResult;

/** Reads the routes once; the reader is for one request. */
export async function openNumberReader({
  sql,
  findProvider,
}: {
  sql: Sql;
  findProvider: (name: string) => Provider;
}): Promise<NumberReader> {
  const routes = (await listRoutes(sql)).map(({ name, provider, settings }) => {
    return { name, rules: findProvider(provider).rules(settings) };
  });
  return (raw, route = "*") => {
    let refusal: RecipientResult = {
      ok: false,
      code: "unknown-route",
      reason: "no running system has published this route; a route is published when a worker starts with it",
    };
    for (const { name, rules } of routes) {
      if (route !== "*" && route !== name) continue;
      const result = rules.normaliseRecipient(raw);
      if (result.ok) return result;
      refusal = result;
    }
    return refusal;
  };
}
