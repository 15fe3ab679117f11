import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIPv6 } from "node:net";
import type { SimulatorSettings } from "../options.ts";
import type { Traffic } from "../traffic.ts";
import type { Account } from "./account.ts";
import { badRequest, type Refusal, refuseWith } from "./refusal.ts";
import type { Resource, Target } from "./routing.ts";
import type { Mode } from "./send-body.ts";

/** What is known of a request before its body is read. */
export interface RequestHead {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
  readonly target: Target;
  readonly arrivedAtMs: number;
}

type HeadCheck = (head: RequestHead) => Refusal | undefined;

const bearer = "Bearer ";
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

  /** KDDI has POST and GET only (guide, test procedure): PUT, which revokes elsewhere, is as wrong as DELETE. */
  const methods: Readonly<Record<Resource["kind"], readonly string[]>> = {
    messages: ["POST"],
    status: ["GET"],
    capability: settings.capability.methods,
    subscribers: ["GET"],
  };

  function checkMethod({ method, target }: RequestHead): Refusal | undefined {
    return target.resource !== undefined && methods[target.resource.kind].includes(method)
      ? undefined
      : refuseWith(405);
  }

  function checkRate({ target, arrivedAtMs }: RequestHead): Refusal | undefined {
    const account = target.account;
    if (account === undefined || account.rate.admits(arrivedAtMs)) return undefined;
    traffic().overTps();
    account.traffic.overTps();
    return refuseWith(503, "TPS exceeded", settings.retryAfterS);
  }

  function checkModeAndTokens({ headers, target }: RequestHead): Refusal | undefined {
    const mode = headers["x-fallback"];
    if (mode === undefined) return badRequest("X-Fallback is missing; send 0, 1 or 2");
    if (!isMode(mode)) return badRequest("X-Fallback must be 0, 1 or 2");
    const tokens: string[] = [];
    for (const name of tokenHeaders) {
      const token = headers[name];
      if (typeof token !== "string") return badRequest(`${name} is missing`);
      tokens.push(token);
    }
    const kind = target.resource?.kind;
    if (mode === "2" && (kind === "capability" || kind === "subscribers")) {
      return badRequest("this is a function of +Message: send carrier tokens and X-Fallback 1");
    }
    const smsOnlyCount = tokens.filter((token) => token === smsOnlyToken).length;
    if (mode === "2") {
      return smsOnlyCount === tokens.length ? undefined : refuseWith(settings.badTokenStatus, "token not valid");
    }
    if (smsOnlyCount > 0) return badRequest(`X-Fallback ${mode} needs carrier tokens, not smsonly`);
    const bare = tokens.map((token) => bareToken(token, settings.tokenForm));
    const isValid = target.account?.hasTokens(bare) ?? false;
    return isValid ? undefined : refuseWith(settings.badTokenStatus, "token not valid");
  }

  return (head) => {
    for (const check of checks) {
      const refusal = check(head);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
}

export function isMode(value: unknown): value is Mode {
  return value === "0" || value === "1" || value === "2";
}

/** The guide writes `<auトークン>` only, so both forms may be right (protocol notes §2.4). Empty = not in an allowed form. */
function bareToken(header: string, form: SimulatorSettings["tokenForm"]): string {
  const hasScheme = header.startsWith(bearer);
  if ((form === "bearer" && !hasScheme) || (form === "bare" && hasScheme)) return "";
  return hasScheme ? header.slice(bearer.length) : header;
}

/** Without `Bearer`, where both forms are let in: tolerated, as the fixed value of SMS has it. */
export function hasBareToken(headers: IncomingHttpHeaders): boolean {
  return headers["x-fallback"] !== "2" && tokenHeaders.some((name) => !String(headers[name]).startsWith(bearer));
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
