import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { rootCertificates } from "node:tls";
import type { RouteConfig } from "@hikyaku/config";
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
 * Reach, certificate chain, source address, clock and credentials of a route's gateway. Asks for the status of a message that does not
 * exist, and never sends one.
 */
export async function checkGateway(route: RouteConfig): Promise<Finding[]> {
  const what = `route ${route.name}`;
  const { baseUrl, proxy, tls } = route.settings as GatewaySettings;
  if (baseUrl === undefined) return await checkCredentials(what, route);
  const url = new URL(baseUrl);
  const way = { caFile: tls?.caFile, proxy };
  const { findings, leavesFrom } = await checkReach(what, url, way);
  if (findings.some(({ status }) => status === "fail")) return findings;
  return [
    ...findings,
    ...sourceAddress(what, url, { proxy, leavesFrom }),
    ...(await checkGatewayClock(url, way)),
    ...(await checkCredentials(what, route)),
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

/** The status of a made-up id: the gateway says whether it takes us before it says that it knows no such message. */
async function checkCredentials(what: string, { name, provider, settings }: RouteConfig): Promise<Finding[]> {
  const client = findProvider(provider).connect(settings, { routeName: name, connections: 1 });
  try {
    const [answer] = await client.checkStatus([
      { messageId: "doctor", providerMessageId: randomUUID(), channel: null },
    ]);
    switch (answer?.kind) {
      case "not-known":
      case "status":
        return [ok(what, "the credentials are accepted (asked for a message that does not exist)")];
      case "held":
        return [fail(what, `the gateway refuses us: ${answer.reason}`, mendOf(answer.cause))];
      case "throttled":
        return [
          warn(
            what,
            "the gateway is busy (503), so the credentials could not be tried",
            "Try again when less is being sent.",
          ),
        ];
      case "failed-check":
        return [
          fail(
            what,
            `the status call failed: ${answer.reason}`,
            "See whether the gateway works, and the route's settings.",
          ),
        ];
      default:
        return [fail(what, "the status call gave no answer", "See the route's settings.")];
    }
  } finally {
    await client.close();
  }
}

function mendOf(cause: string): string {
  if (cause === "credentials") return "Compare basicAuth, tokens and botId with the account notice.";
  if (cause === "forbidden")
    return "The carrier admits registered source addresses only: see from which address this machine leaves.";
  return "Compare baseUrl and botId with the account notice.";
}
