import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { rootCertificates } from "node:tls";
import type { RouteConfig } from "@hikyaku/config";
import type { CarrierSetUp, ProviderClient } from "@hikyaku/core";
import { findProvider } from "@hikyaku/providers";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { checkClock } from "./check-clock.ts";
import { checkReach, isLocal, type ReachOptions } from "./check-reach.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const patienceMs = 10_000;

/** What is common to every carrier's settings, as far as it can be looked at from outside. */
interface GatewaySettings {
  baseUrl?: string;
  proxy?: string;
  tls?: { caFile?: string };
}

/**
 * Reach, certificate chain, source address, clock and credentials of a route's gateway, and the sender that the route names where the
 * carrier can be asked about it. Asks for the status of a message that does not exist, and never sends one.
 */
export async function checkGateway(route: RouteConfig): Promise<Finding[]> {
  const what = `route ${route.name}`;
  const { admitsByAddress } = findProvider(route.provider).setUp;
  const { baseUrl, proxy, tls } = route.settings as GatewaySettings;
  if (baseUrl === undefined) return await checkAccount(what, route);
  const url = new URL(baseUrl);
  const way = { caFile: tls?.caFile, proxy, admitsByAddress };
  const { findings, leavesFrom } = await checkReach(what, url, way);
  if (findings.some(({ status }) => status === "fail")) return findings;
  return [
    ...findings,
    ...(admitsByAddress ? sourceAddress(what, url, { proxy, leavesFrom }) : []),
    ...(await checkGatewayClock(url, way)),
    ...(await checkAccount(what, route)),
  ];
}

/** Carriers admit registered addresses only, and none tells which one it sees; what this machine knows of it is all there is. */
function sourceAddress(
  what: string,
  url: URL,
  { proxy, leavesFrom }: { proxy: string | undefined; leavesFrom: string | null },
): Finding[] {
  if (isLocal(url.hostname)) return [];
  if (proxy !== undefined) {
    const { host } = new URL(proxy);
    return [ok(what, `leaves through the proxy ${host}: its address is the one to register with the carrier`)];
  }
  if (leavesFrom === null) return [];
  const words = isPrivate(leavesFrom)
    ? `leaves this machine as ${leavesFrom}, which is private: the address of the NAT behind it is the one to register with the carrier`
    : `leaves this machine as ${leavesFrom}: the address to register with the carrier`;
  return [ok(what, words)];
}

function isPrivate(address: string): boolean {
  if (isIP(address) === 6) return /^(?:f[cd]|fe80:|::ffff:(?:10|127|192\.168)\.)/i.test(address);
  return /^(?:10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
    address,
  );
}

async function checkGatewayClock(url: URL, way: ReachOptions): Promise<Finding[]> {
  let dispatcher: Dispatcher | undefined;
  try {
    dispatcher = await dispatcherOf(way);
    const options = { method: "GET", headersTimeout: patienceMs, bodyTimeout: patienceMs, dispatcher } as const;
    const { headers, body } = await request(url, options);
    const answeredAt = new Date();
    await body.dump();
    const date = typeof headers.date === "string" ? new Date(headers.date) : null;
    return date === null || Number.isNaN(date.getTime()) ? [] : checkClock(url.host, date, answeredAt);
  } catch {
    // Whether it answers is told by the credentials' check, with the provider's own settings.
    return [];
  } finally {
    await dispatcher?.close();
  }
}

async function dispatcherOf({ caFile, proxy }: ReachOptions): Promise<Dispatcher> {
  const secure = caFile === undefined ? {} : { ca: [...rootCertificates, await readFile(caFile, "utf8")] };
  return proxy === undefined
    ? new Agent({ connect: secure })
    : new ProxyAgent({ uri: proxy, proxyTunnel: true, requestTls: secure });
}

async function checkAccount(what: string, { name, provider, settings }: RouteConfig): Promise<Finding[]> {
  const carrier = findProvider(provider);
  const client = carrier.connect(settings, { routeName: name, connections: 1 });
  try {
    const credentials = await checkCredentials(what, client, carrier.setUp);
    if (credentials.status !== "ok") return [credentials];
    return [credentials, ...(await checkSender(what, client, carrier.setUp))];
  } finally {
    await client.close();
  }
}

/** The status of a made-up id: the gateway says whether it takes us before it says that it knows no such message. */
async function checkCredentials(what: string, client: ProviderClient, { mends }: CarrierSetUp): Promise<Finding> {
  const [answer] = await client.checkStatus([{ messageId: "doctor", providerMessageId: randomUUID(), channel: null }]);
  switch (answer?.kind) {
    case "not-known":
    case "status":
      return ok(what, "the credentials are accepted (asked for a message that does not exist)");
    case "held":
      return fail(what, `the gateway refuses us: ${answer.reason}`, mends[answer.cause]);
    case "throttled": {
      const words = `the gateway is busy (${answer.reason}), so the credentials could not be tried`;
      return warn(what, words, "Try again when less is being sent.");
    }
    case "failed-check": {
      const words = `the status call failed: ${answer.reason}`;
      return fail(what, words, "See whether the gateway works, and the route's settings.");
    }
    default:
      return fail(what, "the status call gave no answer", "See the route's settings.");
  }
}

/** Where the carrier tells of the sender: whether messages can go out by it. */
async function checkSender(what: string, client: ProviderClient, { mends }: CarrierSetUp): Promise<Finding[]> {
  const answer = await client.checkSender?.();
  switch (answer?.kind) {
    case undefined:
      return [];
    case "sender":
      return [answer.mend === null ? ok(what, answer.says) : fail(what, answer.says, answer.mend)];
    case "held":
      return [fail(what, `the gateway refuses to tell of the sender: ${answer.reason}`, mends[answer.cause])];
    case "throttled": {
      const words = `the gateway is busy (${answer.reason}), so the sender could not be looked at`;
      return [warn(what, words, "Try again when less is being sent.")];
    }
    case "failed-check":
    case "not-available": {
      const words = `the sender could not be looked at: ${answer.reason}`;
      return [fail(what, words, "See whether the gateway works, and the route's settings.")];
    }
    default:
      return answer satisfies never;
  }
}
