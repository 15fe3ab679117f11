import type { AccountOptions } from "./account-options.ts";

/** The part of a route in `hikyaku.yaml` that makes it send over this account: all but limits and hooks. */
export function simulatedRoute(
  baseUrl: string,
  {
    botId,
    user,
    password,
    tokens = "smsonly",
    smsNumbers,
  }: Pick<AccountOptions, "botId" | "user" | "password"> &
    Partial<Pick<AccountOptions, "tokens">> & { smsNumbers: readonly string[] },
) {
  return {
    provider: "kddi",
    baseUrl,
    botId,
    basicAuth: { user, password },
    tokens,
    smsNumber: smsNumbers[0],
    // Numbers nobody can have are what a rehearsal is made with.
    allowDummyC0: true,
  };
}
