import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIPv6 } from "node:net";
import type { SimulatorSettings } from "../options.ts";
import type { Traffic } from "../traffic.ts";
import type { Account } from "./account.ts";
import { badRequest, type Refusal, refuseWith } from "./refusal.ts";
import type { Target } from "./routing.ts";

/** What is known of a request before its body is read. */
export interface RequestHead {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
  readonly target: Target;
  readonly arrivedAtMs: number;
}

type HeadCheck = (head: RequestHead) => Refusal | undefined;

const smsOnlyToken = "Bearer smsonly";
const tokenHeaders = [
  "x-plusmsg-mkn-authorization",
  "x-plusmsg-tmt-authorization",
  "x-plusmsg-gmp-authorization",
] as const;

/** Steps 1 to 7 of protocol notes §19.1, in that order; the first refusal is the answer. */
export function createHeadChecks(
  settings: SimulatorSettings,
  accounts: Iterable<Account>,
  traffic: () => Traffic,
): HeadCheck {
  const known = [...accounts];
  const checks: readonly HeadCheck[] = [
    createSourceCheck(settings.allowIps),
    checkConcurrency,
    checkBasicAuth,
    checkAccountAndPath,
    checkMethod,
    checkRate,
    checkModeAndTokens,
  ];

  function checkConcurrency({ target }: RequestHead): Refusal | undefined {
    const account = target.account;
    if (account === undefined || account.openRequests <= account.options.concurrency) return undefined;
    traffic().overConcurrency();
    account.traffic.overConcurrency();
    return refuseWith(503, "concurrent requests exceeded", settings.retryAfterS);
  }

  function checkBasicAuth({ headers }: RequestHead): Refusal | undefined {
    const given = readBasicAuth(headers.authorization);
    if (given !== undefined && known.some((account) => account.hasCredentials(given))) return undefined;
    return refuseWith(401, "Basic authentication failed");
  }

  /** A botId of another company is as unknown as one that does not exist. */
  function checkAccountAndPath({ headers, target }: RequestHead): Refusal | undefined {
    const given = readBasicAuth(headers.authorization);
    if (target.account === undefined || given === undefined || !target.account.hasCredentials(given)) {
      return refuseWith(settings.unknownBotStatus, "aggid or botId unknown");
    }
    return target.resource === undefined ? refuseWith(404, "path unknown") : undefined;
  }

  function checkMethod({ method, target }: RequestHead): Refusal | undefined {
    const wanted = target.resource?.kind === "messages" ? "POST" : "GET";
    return method === wanted ? undefined : refuseWith(405);
  }

  function checkRate({ target, arrivedAtMs }: RequestHead): Refusal | undefined {
    const account = target.account;
    if (account === undefined || account.rate.admits(arrivedAtMs)) return undefined;
    traffic().overTps();
    account.traffic.overTps();
    return refuseWith(503, "TPS exceeded", settings.retryAfterS);
  }

  function checkModeAndTokens({ headers }: RequestHead): Refusal | undefined {
    const mode = headers["x-fallback"];
    if (mode === undefined) return badRequest("X-Fallback is missing; send 0, 1 or 2");
    if (mode !== "0" && mode !== "1" && mode !== "2") return badRequest("X-Fallback must be 0, 1 or 2");
    const tokens = tokenHeaders.map((name) => headers[name]);
    const missing = tokens.indexOf(undefined);
    if (missing >= 0) return badRequest(`${tokenHeaders[missing]} is missing`);
    const smsOnlyCount = tokens.filter((token) => token === smsOnlyToken).length;
    // An account of the SMS part has no carrier tokens, so modes 0 and 1 can only come with the fixed value or a wrong one.
    if (mode !== "2" && smsOnlyCount > 0) return badRequest(`X-Fallback ${mode} needs carrier tokens, not smsonly`);
    if (mode === "2" && smsOnlyCount === tokens.length) return undefined;
    return refuseWith(settings.badTokenStatus, "token not valid");
  }

  return (head) => {
    for (const check of checks) {
      const refusal = check(head);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
}

function readBasicAuth(header: string | undefined): Buffer | undefined {
  const encoded = header === undefined ? null : /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header);
  return encoded?.[1] === undefined ? undefined : Buffer.from(encoded[1], "base64");
}

/** Guide §1.1: only the source addresses of the application form are let in. */
function createSourceCheck(allowed: readonly string[]): HeadCheck {
  if (allowed.length === 0) return () => undefined;
  const list = new BlockList();
  for (const entry of allowed) {
    const [address = "", prefix] = entry.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return ({ remoteAddress }) => {
    const address = remoteAddress.replace(/^::ffff:/, "");
    return list.check(address, isIPv6(address) ? "ipv6" : "ipv4")
      ? undefined
      : refuseWith(403, "source not registered");
  };
}
