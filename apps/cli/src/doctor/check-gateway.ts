import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls, type PeerCertificate, rootCertificates } from "node:tls";
import type { RouteConfig } from "@hikyaku/config";
import { findProvider } from "@hikyaku/providers";
import { request } from "undici";
import { messageOf } from "../connection/use-ledger.ts";
import { checkClock } from "./check-clock.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const patienceMs = 10_000;
const soonDays = 21;

/** What is common to every carrier's settings, as far as it can be looked at from outside. */
interface GatewaySettings {
  baseUrl?: string;
  proxy?: string;
  tls?: { caFile?: string };
}

/**
 * Reach, certificate, clock and credentials of a route's gateway. Asks for the status of a message that does not exist, and
 * never sends one.
 */
export async function checkGateway(route: RouteConfig): Promise<Finding[]> {
  const what = `route ${route.name}`;
  const { baseUrl, proxy, tls } = route.settings as GatewaySettings;
  if (baseUrl === undefined) return await checkCredentials(what, route);
  const url = new URL(baseUrl);
  // Through a proxy only the proxy's own way counts; what we could see directly may be closed by design.
  if (proxy !== undefined) {
    return [
      ok(what, `${url.host} through a proxy: certificate and clock not looked at`),
      ...(await checkCredentials(what, route)),
    ];
  }
  const reach = url.protocol === "https:" ? await checkTls(what, url, tls?.caFile) : await checkPlain(what, url);
  if (reach.some(({ status }) => status === "fail")) return reach;
  return [...reach, ...(await checkGatewayClock(url)), ...(await checkCredentials(what, route))];
}

async function checkPlain(what: string, url: URL): Promise<Finding[]> {
  const problem = await new Promise<string | null>((resolve) => {
    const socket = connectTcp({ host: url.hostname, port: Number(url.port || 80), timeout: patienceMs });
    const end = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(null));
    socket.once("timeout", () => end("no connection in time"));
    socket.once("error", (error) => end(messageOf(error)));
  });
  if (problem !== null) return [unreachable(what, url, problem)];
  return isLocal(url.hostname)
    ? [ok(what, `${url.host} can be reached`)]
    : [
        warn(
          what,
          `${url.host} is called without TLS: numbers and texts can be read on the way`,
          "Use the https:// URL of the account notice.",
        ),
      ];
}

async function checkTls(what: string, url: URL, caFile: string | undefined): Promise<Finding[]> {
  let extra: string[] = [];
  try {
    if (caFile !== undefined) extra = [await readFile(caFile, "utf8")];
  } catch (error) {
    return [fail(what, `tls.caFile can't be read: ${messageOf(error)}`, "Name a PEM file.")];
  }
  type Answer = { problem: string } | { certificate: PeerCertificate; protocol: string | null; fault: string | null };
  const answer = await new Promise<Answer>((resolve) => {
    const socket = connectTls({
      host: url.hostname,
      port: Number(url.port || 443),
      ...(isIP(url.hostname) === 0 ? { servername: url.hostname } : {}),
      ca: [...rootCertificates, ...extra],
      // The chain is judged below, in words.
      rejectUnauthorized: false,
      timeout: patienceMs,
    });
    const end = (found: Answer) => {
      socket.destroy();
      resolve(found);
    };
    socket.once("secureConnect", () => {
      const fault = socket.authorized ? null : messageOf(socket.authorizationError ?? "not trusted");
      end({ certificate: socket.getPeerCertificate(), protocol: socket.getProtocol(), fault });
    });
    socket.once("timeout", () => end({ problem: "no TLS connection in time" }));
    socket.once("error", (error) => end({ problem: messageOf(error) }));
  });
  if ("problem" in answer) return [unreachable(what, url, answer.problem)];
  const { certificate, protocol, fault } = answer;
  if (fault !== null) {
    const mend = "Add the CA of this host by tls.caFile, or correct the URL; never turn the check off.";
    return [fail(what, `the certificate of ${url.host} is not trusted: ${fault}`, mend)];
  }
  const days = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / 86_400_000);
  const words = `${url.host} can be reached (${protocol}), certificate by ${certificate.issuer.CN ?? certificate.issuer.O ?? "an unnamed CA"}, valid for ${days} days`;
  return [days < soonDays ? warn(what, words, "Ask the carrier when it is renewed.") : ok(what, words)];
}

function unreachable(what: string, url: URL, problem: string): Finding {
  return fail(
    what,
    `${url.host} can't be reached: ${problem}`,
    "Check baseUrl, DNS and firewall, and that this machine leaves through the source address registered with the carrier.",
  );
}

async function checkGatewayClock(url: URL): Promise<Finding[]> {
  try {
    const { headers, body } = await request(url, {
      method: "GET",
      headersTimeout: patienceMs,
      bodyTimeout: patienceMs,
    });
    await body.dump();
    const date = typeof headers.date === "string" ? new Date(headers.date) : null;
    return date === null || Number.isNaN(date.getTime()) ? [] : checkClock(url.host, date);
  } catch {
    // Whether it answers is told by the credentials' check, with the provider's own settings.
    return [];
  }
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

function isLocal(host: string): boolean {
  return host === "localhost" || host.startsWith("127.") || host === "[::1]" || !host.includes(".");
}
